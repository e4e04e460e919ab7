import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, it } from 'node:test'
import { NEEDS, needsOf } from '../scripts/setup-test.ts'
import { lineAt, listFiles, moduleOf, packageOf, readSource, resolveImport, ROOT } from './house/sources.ts'
import type { Source } from './house/sources.ts'
import * as table from './house/table.ts'
import type { Module } from './house/table.ts'

const MODULES: Readonly<Record<string, Module>> = table.MODULES
const SOURCES = ['src', 'lab', 'bench', 'scripts', 'test', 'bin']
  .flatMap((folder) => listFiles(folder))
  .filter((path) => /\.(ts|js|mjs)$/.test(path))
  .map(readSource)
const PROGRAM = SOURCES.filter(({ path }) => path.startsWith('src/') && !isTest(path))

function isTest(path: string): boolean {
  return path.endsWith('.test.ts')
}

/** Every match of a pattern in the code of the given files, as `path:line found`. */
function matches(sources: readonly Source[], pattern: RegExp): readonly string[] {
  return sources.flatMap(({ path, code }) =>
    [...code.matchAll(pattern)].map((match) => `${path}:${lineAt(code, match.index)} ${match[0].trim()}`),
  )
}

/** Fails with one line for each finding. */
function none(findings: readonly string[], rule: string): void {
  assert.equal(findings.length, 0, `${rule}:\n  ${findings.join('\n  ')}`)
}

/** First cycle in a graph, as the list of its nodes; undefined where there is none. */
function findCycle(edges: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined {
  const done = new Set<string>()
  const open: string[] = []
  const visit = (node: string): readonly string[] | undefined => {
    const at = open.indexOf(node)
    if (at >= 0) return [...open.slice(at), node]
    if (done.has(node)) return undefined
    open.push(node)
    for (const next of edges.get(node) ?? []) {
      const cycle = visit(next)
      if (cycle !== undefined) return cycle
    }
    open.pop()
    done.add(node)
    return undefined
  }
  for (const node of edges.keys()) {
    const cycle = visit(node)
    if (cycle !== undefined) return cycle
  }
  return undefined
}

describe('the modules', () => {
  it('every file of src/ is in a module of the table', () => {
    const outside = PROGRAM.filter(({ path }) => path.split('/').length < 3 || MODULES[moduleOf(path)] === undefined)
    none(
      outside.map(({ path }) => path),
      'Files outside every module',
    )
  })

  it('a module imports only the modules that the table allows', () => {
    const findings: string[] = []
    for (const { path, imports } of PROGRAM) {
      const spoken = Object.entries(table.SPEAKS_FOR).find(([folder]) => path.startsWith(folder))
      const allowed = [...(MODULES[moduleOf(path)]?.modules ?? []), ...(spoken?.[1] ?? [])]
      for (const { specifier, line } of imports) {
        const target = resolveImport(path, specifier)
        if (target === undefined || moduleOf(target) === moduleOf(path)) continue
        if (!allowed.includes(moduleOf(target))) findings.push(`${path}:${line} imports ${target}`)
      }
    }
    none(findings, 'Imports across modules')
  })

  it('pages, parts and charts are made of data, words and other pages', () => {
    const findings = PROGRAM.filter(({ path }) => table.PAGES.files.test(path)).flatMap(({ path, imports }) =>
      imports
        .map(({ specifier }) => (specifier.startsWith('node:') ? specifier : resolveImport(path, specifier)))
        .filter((target) => target !== undefined && !table.PAGES.may.test(target))
        .map((target) => `${path} imports ${target}`),
    )
    none(findings, 'Imports of pages')
  })

  it('a module imports only the packages that the table allows', () => {
    const findings: string[] = []
    for (const { path, imports } of PROGRAM)
      for (const { specifier, line } of imports) {
        if (specifier.startsWith('.')) continue
        const name = packageOf(specifier)
        const allowed = MODULES[moduleOf(path)]?.outside ?? []
        const ok = name.startsWith('node:') ? allowed.includes('node:') : allowed.includes(name)
        if (!ok) findings.push(`${path}:${line} imports ${name}`)
      }
    none(findings, 'Packages outside the table')
  })

  it('a library is imported in as few files as the table says', () => {
    const findings = Object.entries(table.MOST_FILES).flatMap(([name, most]) => {
      const files = PROGRAM.filter(({ imports }) => imports.some(({ specifier }) => packageOf(specifier) === name))
      return files.length > most ? [`${name} (at most ${most}): ${files.map(({ path }) => path).join(', ')}`] : []
    })
    none(findings, 'Libraries in too many files')
  })

  it('every package that the program imports is a dependency of the package', () => {
    const manifest: unknown = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
    const names = ['dependencies', 'optionalDependencies'].flatMap((key) => Object.keys(field(manifest, key)))
    const findings = PROGRAM.flatMap(({ path, imports }) =>
      imports
        .map(({ specifier }) => packageOf(specifier))
        .filter((name) => !name.startsWith('.') && !name.startsWith('node:'))
        .filter((name) => !names.includes(name) && !table.CHECKOUT_ONLY.includes(name))
        .map((name) => `${path} imports ${name}`),
    )
    none(findings, 'Packages that an installation would lack')
  })

  it('the table of modules has no cycle', () => {
    const edges = new Map(Object.entries(MODULES).map(([name, { modules }]) => [name, modules]))
    assert.equal(findCycle(edges)?.join(' → '), undefined)
  })

  it('files do not import each other in a circle', () => {
    const edges = new Map(
      SOURCES.map(({ path, imports }) => [
        path,
        imports.flatMap(({ specifier }) => {
          const target = resolveImport(path, specifier)
          return target === undefined || !/\.(ts|js|mjs)$/.test(target) ? [] : [target]
        }),
      ]),
    )
    assert.equal(findCycle(edges)?.join(' → '), undefined)
  })

  it('a script of one file imports nothing: pages run it as a classic script', () => {
    const scripts = PROGRAM.filter(({ path }) => /^src\/browser\/[^/]+\.ts$/.test(path))
    assert.ok(scripts.length > 0)
    none(
      scripts.filter(({ imports }) => imports.length > 0).map(({ path }) => path),
      'Classic scripts with imports',
    )
  })

  it('nothing of the program imports from test/, bench/ or scripts/', () => {
    const findings = SOURCES.filter(({ path }) => !isTest(path) && /^(src|lab)\//.test(path)).flatMap(
      ({ path, imports }) =>
        imports
          .map(({ specifier }) => resolveImport(path, specifier) ?? '')
          .filter((target) => /^(test|bench|scripts)\//.test(target))
          .map((target) => `${path} imports ${target}`),
    )
    none(findings, 'Imports from outside the program')
  })

  it('modules are loaded by import with a written name, so that this test sees them', () => {
    const hidden = /(?<![.#\w])import\s*\(\s*(?!['"])[^)\s][^)]*\)|\bcreateRequire\s*\(|(?<![.#\w])require\s*\(/g
    const others = PROGRAM.filter(({ path }) => table.LOADS_NATIVE[path] === undefined)
    none(matches(others, hidden), 'Modules loaded by a computed name')
  })

  it('a file that loads a compiled module loads the one that the table names', () => {
    for (const [path, name] of Object.entries(table.LOADS_NATIVE)) {
      const { text } = readSource(path)
      assert.deepEqual(
        [...text.matchAll(/createRequire\([^)]*\)\('([^']+)'\)/g)].map((match) => match[1]),
        [name],
      )
      assert.equal([...text.matchAll(/createRequire\s*\(/g)].length, 1)
    }
  })
})

describe('names and sizes', () => {
  it('no file has a name that says nothing', () => {
    none(
      SOURCES.map(({ path }) => path).filter((path) => table.EMPTY_NAMES.test(basename(path))),
      'Empty names',
    )
  })

  it('file and folder names are lower case, in kebab case', () => {
    const odd = SOURCES.map(({ path }) => path).filter(
      (path) =>
        !path.split('/').every((part) => /^[a-z0-9]+(-[a-z0-9]+)*(\.test|\.d|\.generated)?(\.[a-z]+)?$/.test(part)),
    )
    none(odd, 'Odd names')
  })

  it(`no file is longer than ${table.MOST_LINES} lines, those that a script writes aside`, () => {
    const long = SOURCES.filter(({ path }) => !table.LONG_FILES.test(path))
      .map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length }))
      .filter(({ lines }) => lines > table.MOST_LINES)
    none(
      long.map(({ path, lines }) => `${path} has ${lines} lines`),
      'Long files',
    )
  })

  it('SQL in files of its own is only in store/warehouse', () => {
    const stray = ['src', 'lab', 'test', 'bench', 'scripts'].flatMap(listFiles)
    none(
      stray.filter((path) => path.endsWith('.sql') && !path.startsWith('src/store/warehouse/')),
      'Stray SQL',
    )
  })
})

describe('what code may touch', () => {
  it('the clock, chance and the environment are read only in runtime/, in commands and in a browser', () => {
    const asking =
      /\bDate\.now\b|\bnew Date\(\s*\)|\bMath\.random\b|\bprocess\.env\b|\bperformance\.now\b|\bprocess\.hrtime\b/g
    const others = SOURCES.filter(({ path }) => !table.MAY_ASK_THE_MACHINE.test(path))
    none(matches(others, asking), 'Read of the machine')
  })

  it('pure modules have no timer, no random number and no network of their own', () => {
    const pure = PROGRAM.filter(({ path }) => table.PURE.some((name) => moduleOf(path) === name))
    const touching =
      /(?<![.\w])(setTimeout|setInterval|setImmediate|queueMicrotask|fetch|crypto|localStorage|document|window|Buffer|process)\s*[.(]/g
    none(matches(pure, touching), 'Impure code in a pure module')
  })

  it('only commands print', () => {
    const others = SOURCES.filter(({ path }) => !table.MAY_PRINT.test(path))
    none(matches(others, /\bconsole\s*\./g), 'console outside cli/')
  })

  it('no type is `any` and no cast goes through `unknown`', () => {
    none(matches(SOURCES, /:\s*any\b|<any>|\bas\s+any\b|\bany\[\]|\bas\s+unknown\s+as\b/g), 'Holes in the types')
  })

  it('a `!` says why the value is there, on its line or within the three lines above', () => {
    const findings = PROGRAM.flatMap(({ path, text, code }) => {
      const lines = text.split('\n')
      const commented = lines.map((line) => /\/\/|\*\/|^\s*\*/.test(line))
      return [...code.matchAll(/[\w)\]]!(?=[.,;:)\]}\s[])(?!\s*==)/g)]
        .map(({ index }) => lineAt(text, index))
        .filter((line) => !commented.slice(Math.max(0, line - 4), line).some(Boolean))
        .map((line) => `${path}:${line} ${(lines[line - 1] ?? '').trim()}`)
    })
    none([...new Set(findings)], 'Assertions without a reason')
  })

  it('no work is left as a note', () => {
    const words = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X', 'HA' + 'CK'].join('|')})\\b`)
    const findings = SOURCES.flatMap(({ path, text }) =>
      text.split('\n').flatMap((line, at) => (words.test(line) ? [`${path}:${at + 1} ${line.trim()}`] : [])),
    )
    none(findings, 'Notes of work left')
  })

  it('no test sleeps', () => {
    const sleeping = SOURCES.filter(({ path }) => isTest(path)).flatMap(({ path, imports }) =>
      imports.filter(({ specifier }) => specifier === 'node:timers/promises').map(({ line }) => `${path}:${line}`),
    )
    none(sleeping, 'Tests that sleep')
  })

  it('no test is marked to run alone', () => {
    const tests = SOURCES.filter(({ path }) => isTest(path))
    none(matches(tests, /\b(it|describe|test)\.only\b|\bonly:\s*true\b/g), 'Tests that hide the others')
  })
})

describe('comments', () => {
  it('every exported function has a doc comment', () => {
    const exported = /^export (?:async )?function\b[ *]*(\w+)|^export const (\w+)[^\n]*=>\s*\{$/gm
    const findings = PROGRAM.concat(SOURCES.filter(({ path }) => path.startsWith('lab/') && !isTest(path))).flatMap(
      ({ path, text, code }) =>
        [...code.matchAll(exported)]
          .filter(({ index }) => !/\*\/\s*$/.test(text.slice(0, index)) && !isOverload(text, index))
          .map((match) => `${path}:${lineAt(text, match.index)} ${match[1] ?? match[2]}`),
    )
    none(findings, 'Functions without a doc comment')
  })

  it("no file names a folder of somebody's machine", () => {
    const place = new RegExp(['/work' + '/main', '/work' + '/shared', '/home' + '/\\w', 'C:' + '\\\\'].join('|'))
    const written = SOURCES.filter(({ path }) => path !== 'test/house.test.ts').map(({ path, text }) => ({
      path,
      text,
    }))
    const pages = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', ...listFiles('docs')]
      .filter((path) => existsSync(join(ROOT, path)))
      .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }))
    none(
      [...written, ...pages].filter(({ text }) => place.test(text)).map(({ path }) => path),
      'Paths of a machine',
    )
  })
})

/** Whether an exported function is a further signature of the one written above it, which carries the comment. */
function isOverload(text: string, index: number): boolean {
  const name = /function\s*\*?\s*(\w+)/.exec(text.slice(index, index + 200))?.[1]
  const before = text.slice(0, index).trimEnd().split('\n').at(-1) ?? ''
  return name !== undefined && new RegExp(`^export (async )?function\\s*\\*?\\s*${name}\\b`).test(before)
}

function field(value: unknown, key: string): object {
  if (typeof value !== 'object' || value === null) return {}
  const found: unknown = Reflect.get(value, key)
  return typeof found === 'object' && found !== null ? found : {}
}

describe('what tests need of the machine', () => {
  it('is used by files that exist', () => {
    none(
      NEEDS.flatMap(({ what, usedBy }) =>
        usedBy.filter((path) => !existsSync(join(ROOT, path))).map((path) => `${what}: ${path}`),
      ),
      'A need names a file that is not there',
    )
  })

  it('is named for every test that asks whether a program is there', () => {
    const asked = SOURCES.filter(({ path }) => isTest(path)).flatMap(({ path }) => {
      const text = readFileSync(join(ROOT, path), 'utf8')
      const named = needsOf([path])
      return [...text.matchAll(/hasProgram\('([\w-]+)'\)/g)].flatMap(([, program]) => {
        const provides = NEEDS.filter(({ at }) => at.some((place) => place.endsWith(`/${program}`)))
        return provides.filter((need) => !named.includes(need)).map((need) => `${path}: ${need.what}`)
      })
    })
    none(asked, 'scripts/setup-test.ts does not say that a test uses a program')
  })
})
