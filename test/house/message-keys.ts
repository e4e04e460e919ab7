// Which messages no code says. A key is written whole, or composed by a template: `fact.${name}`. A key that fits a
// template counts as said only if each of its parts is a string, a name of a member or a word of data/ somewhere.
// BUG: any such word will do, so a key whose end is also another word of the code is not found to be unused.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { listFiles, readSource, ROOT } from './sources.ts'
import { GENERATED, readMessages } from './messages.ts'

/** Beginnings of keys that code names without them, with the reason. */
export const NAMED_BY_END: Readonly<Record<string, string>> = {
  'crowd.tool.': 'the page of the check gives these to its script, which names each by its end',
  'crowd.page.': 'the page of the check names each by its end',
}

/** Strings and templates of a file of code. A template has `\0` in the place of each of its expressions. */
export function literalsOf({ text, code }: { readonly text: string; readonly code: string }): {
  readonly strings: readonly string[]
  readonly templates: readonly string[]
} {
  const strings = [...code.matchAll(/(['"])[ \n]*\1/g)].map(({ 0: all, index }) =>
    text.slice(index + 1, index + all.length - 1),
  )
  const templates: string[] = []
  /** Open templates; the depth of braces of the expression that each is in, undefined in its text. */
  const open: { said: string; depth: number | undefined }[] = []
  for (let at = 0; at < code.length; at++) {
    const top = open.at(-1)
    const inText = top !== undefined && top.depth === undefined
    if (code[at] === '`') {
      if (inText) templates.push(open.pop()?.said ?? '')
      else open.push({ said: '', depth: undefined })
    } else if (inText && code[at] === '$' && code[at + 1] === '{') {
      top.said += '\0'
      top.depth = 0
      at += 1
    } else if (inText) top.said += text[at]
    else if (top?.depth !== undefined && code[at] === '{') top.depth += 1
    else if (top?.depth !== undefined && code[at] === '}') top.depth = top.depth === 0 ? undefined : top.depth - 1
  }
  return { strings, templates }
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)

/** Keys of the English messages that no code says. */
export function unusedKeys(): readonly string[] {
  const sources = ['src', 'lab', 'bench']
    .flatMap(listFiles)
    .filter((path) => /(?<!\.test)\.ts$/.test(path) && path !== GENERATED)
  const names = new Set<string>()
  const whole = new Set<string>()
  const patterns = new Set<string>()
  for (const path of sources) {
    const source = readSource(path)
    const { strings, templates } = literalsOf(source)
    for (const said of strings) (/^[\w-]+$/.test(said) ? names : whole).add(said)
    for (const said of templates)
      if (!said.includes('\0')) whole.add(said)
      else if (/^[\w.\0-]+$/.test(said) && said.replaceAll('\0', '').length > 1) patterns.add(said)
    for (const [, name = ''] of source.code.matchAll(/(\w+)\s*[:,}]/g)) names.add(name)
  }
  for (const path of listFiles('data').filter((one) => /\.(?:json|csv|tsv)$/.test(one)))
    for (const [name] of readFileSync(join(ROOT, path), 'utf8').matchAll(/[\w-]+/g)) names.add(name)
  const composed = [...patterns].map((pattern) => new RegExp(`^${pattern.split('\0').map(escaped).join('(.*)')}$`))
  /** Written whole somewhere, or composed of parts that are. */
  const isUsed = (key: string): boolean =>
    names.has(key) || whole.has(key) || composed.some((pattern) => pattern.exec(key)?.slice(1).every(isUsed) === true)
  return Object.keys(readMessages('en')).filter((key) => {
    const prefix = Object.keys(NAMED_BY_END).find((one) => key.startsWith(one))
    return !isUsed(key) && (prefix === undefined || !isUsed(key.slice(prefix.length)))
  })
}
