import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PARTS } from './table.ts'

/** Root of the checkout. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

export interface Import {
  readonly specifier: string
  readonly line: number
}

export interface Source {
  /** Path from the root, with forward slashes. */
  readonly path: string
  readonly text: string
  /** The text with comments and the contents of strings blanked, line breaks kept. */
  readonly code: string
  readonly imports: readonly Import[]
}

const NOT_OURS = new Set(['node_modules', 'dist', '.git', 'screenshots'])

/** Every file below a folder of the checkout, as paths from the root. */
export function listFiles(folder: string): readonly string[] {
  const found: string[] = []
  const walk = (at: string): void => {
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      if (NOT_OURS.has(entry.name) || entry.name.startsWith('.kuager')) continue
      const path = join(at, entry.name)
      if (entry.isDirectory()) walk(path)
      else if (entry.isFile()) found.push(relative(ROOT, path).split(sep).join('/'))
    }
  }
  walk(join(ROOT, folder))
  return found.sort()
}

/** Reads one source file with its imports. */
export function readSource(path: string): Source {
  const text = readFileSync(join(ROOT, path), 'utf8')
  const code = blank(text)
  return { path, text, code, imports: findImports(text, code) }
}

/** Words after which a slash begins a regular expression; after any other word or a closing bracket it divides. */
const BEFORE_REGEX =
  /(^|[({[,;=:!&|?+\-*%<>~^])\s*$|\b(return|typeof|case|in|of|void|throw|delete|await|yield|else|do)\s*$/

/** Blanks comments and the contents of strings, templates and regular expressions; length and lines stay. */
export function blank(text: string): string {
  const out = text.split('')
  const hide = (from: number, to: number): void => {
    for (let i = from; i < to && i < out.length; i++) if (out[i] !== '\n') out[i] = ' '
  }
  /** Depth of braces at which each open template goes on. */
  const templates: number[] = []
  let depth = 0
  let at = 0
  const template = (): void => {
    const from = at
    while (at < text.length && text[at] !== '`' && !(text[at] === '$' && text[at + 1] === '{'))
      at += text[at] === '\\' ? 2 : 1
    hide(from, at)
    if (text[at] === '`') at += 1
    else {
      templates.push(depth)
      at += 2
    }
  }
  while (at < text.length) {
    const char = text[at]
    if (char === '/' && (text[at + 1] === '/' || text[at + 1] === '*')) {
      const line = text[at + 1] === '/'
      const end = text.indexOf(line ? '\n' : '*/', at + 2)
      const to = end < 0 ? text.length : line ? end : end + 2
      hide(at, to)
      at = to
    } else if (char === "'" || char === '"') {
      const from = ++at
      while (at < text.length && text[at] !== char && text[at] !== '\n') at += text[at] === '\\' ? 2 : 1
      hide(from, at)
      at += 1
    } else if (char === '`') {
      at += 1
      template()
    } else if (char === '/' && BEFORE_REGEX.test(out.slice(Math.max(0, at - 200), at).join(''))) {
      const from = ++at
      for (let set = false; at < text.length && text[at] !== '\n' && (set || text[at] !== '/'); at++) {
        if (text[at] === '\\') at += 1
        else if (text[at] === '[') set = true
        else if (text[at] === ']') set = false
      }
      hide(from, at)
      at += 1
    } else {
      if (char === '{') depth += 1
      if (char === '}' && templates.at(-1) === depth) {
        templates.pop()
        at += 1
        template()
        continue
      }
      if (char === '}') depth -= 1
      at += 1
    }
  }
  return out.join('')
}

/** Static, dynamic and type imports, re-exports, and files named by `new URL('…', import.meta.url)`. */
const IMPORTS = [
  /\b(?:import|export)\b(?:\s+type\b)?[\w\s{},*$]*?\bfrom\s*(['"])/g,
  /\bimport\s*(['"])/g,
  /\bimport\s*\(\s*(['"])/g,
  /\bnew\s+URL\s*\(\s*(['"])(?= *['"]\s*,\s*import\.meta\.url)/g,
]

function findImports(text: string, code: string): readonly Import[] {
  const found: Import[] = []
  for (const pattern of IMPORTS)
    for (const match of code.matchAll(pattern)) {
      const from = match.index + match[0].length
      const to = text.indexOf(match[1] ?? '', from)
      found.push({ specifier: text.slice(from, to), line: lineAt(text, from) })
    }
  return found
}

/** Line of an offset, from 1. */
export const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length

/** Path from the root of a relative import; undefined for a package. */
export function resolveImport(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined
  return normalize(join(dirname(from), specifier))
    .split(sep)
    .join('/')
}

/** Name of the package of a bare import: `node:fs` stays, `hono/html` becomes `hono`. */
export function packageOf(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

/** Module of a path: the folder below src/ (each of core/, and the parts of the table, by itself), or the first folder elsewhere. */
export function moduleOf(path: string): string {
  const [first = '', second = '', third = ''] = path.split('/')
  if (first !== 'src') return first
  const part = `${second}/${third}`
  return second === 'core' || PARTS.some((name) => name === part) ? part : second
}
