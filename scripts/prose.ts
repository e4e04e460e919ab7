// Prints what a page or a source file has against plain English: `node scripts/prose.ts FILE…`. Ends with 3 if it found something.
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import {
  forbiddenWords,
  longSentences,
  openedInCode,
  proseOfCode,
  proseOfMessages,
  proseOfPage,
} from '../test/house/prose.ts'
import { blank, ROOT } from '../test/house/sources.ts'

const paths = process.argv.slice(2)
if (paths.length === 0) {
  console.error('Usage: node scripts/prose.ts FILE…  (Markdown: sentences and words; code and messages: words)')
  process.exitCode = 2
}
for (const path of paths) {
  const text = readFileSync(path, 'utf8')
  const page = path.endsWith('.md')
  const prose = page
    ? proseOfPage(text)
    : path.endsWith('.json')
      ? proseOfMessages(text)
      : proseOfCode(text, blank(text))
  const findings = [
    ...forbiddenWords(relative(ROOT, path), prose).map(({ line, found, instead }) => ({
      line,
      says: `"${found}" → ${instead}`,
    })),
    ...(page ? longSentences(text) : []).map(({ line, words, text }) => ({ line, says: `${words} words: ${text}` })),
    ...(page ? openedInCode(text) : []).map((line) => ({
      line,
      says: 'continues a sentence that began in a block of code',
    })),
  ].toSorted((a, b) => a.line - b.line)
  for (const { line, says } of findings) console.log(`${path}:${line} ${says}`)
  if (findings.length > 0) process.exitCode = 3
}
