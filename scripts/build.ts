// Compiles the program for publishing: Node runs TypeScript in a checkout, but not under node_modules.
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BROWSER_SCRIPT_NAMES, readBrowserScript } from '../src/app/web/browser-script.ts'
import { TABLE_TEXTS } from '../src/library/table-texts.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const OUT = join(ROOT, 'dist')

/** A module named at run time, which the compiler leaves alone: that of a worker or of a child process. */
const NAMED_MODULE = /(['"])(\.{1,2}\/[^'"\n]*)\.ts\1/g

function compile(): void {
  rmSync(OUT, { recursive: true, force: true })
  const compiler = fileURLToPath(import.meta.resolve('typescript/package.json')).replace('package.json', 'bin/tsc')
  for (const project of ['tsconfig.build.json', 'tsconfig.library.json']) {
    const run = spawnSync(process.execPath, [compiler, '-p', join(ROOT, project)], { stdio: 'inherit' })
    if (run.status !== 0) throw new Error(`Cannot build: the compiler found errors in ${project}`)
  }
}

/** The tables that the library needs, as texts in a module: a browser has no disk to read them from. */
function inlineTables(): void {
  const texts = JSON.stringify(TABLE_TEXTS)
  writeFileSync(join(OUT, 'src', 'library', 'table-texts.js'), `export const TABLE_TEXTS = ${texts}\n`)
}

/** SQL, style sheets and other files that lie beside the code which reads them. */
function copyAssets(): number {
  const assets = globSync(['src/**/*', 'lab/history/**/*'], { cwd: ROOT }).filter(
    (path) => !/\.tsx?$/.test(path) && statSync(join(ROOT, path)).isFile(),
  )
  for (const path of assets) {
    mkdirSync(dirname(join(OUT, path)), { recursive: true })
    copyFileSync(join(ROOT, path), join(OUT, path))
  }
  return assets.length
}

/** Scripts of the browser, which are no modules of the program: their types are taken off and nothing else. */
function stripScripts(): number {
  const scripts = globSync('src/browser/*.ts', { cwd: ROOT }).filter((path) => !path.endsWith('.test.ts'))
  for (const path of scripts) {
    const to = join(OUT, path.replace(/\.ts$/, '.js'))
    mkdirSync(dirname(to), { recursive: true })
    writeFileSync(to, stripTypeScriptTypes(readFileSync(join(ROOT, path), 'utf8')))
  }
  return scripts.length
}

/** Scripts of the browser that are made of many files: whoever installs the package has nothing to make them with. */
async function bundleScripts(): Promise<number> {
  for (const name of BROWSER_SCRIPT_NAMES) {
    const text = await readBrowserScript(name)
    if (text === undefined) throw new Error(`Cannot build: esbuild, which makes ${name}, is not installed`)
    writeFileSync(join(OUT, 'src', 'browser', name), text)
  }
  return BROWSER_SCRIPT_NAMES.length
}

/** Points the names of modules started at run time to their compiled form; one without a compiled form is an error. */
function renameModules(): number {
  const scripts = globSync('**/*.js', { cwd: OUT })
  for (const path of scripts) {
    const text = readFileSync(join(OUT, path), 'utf8')
    const renamed = text.replace(NAMED_MODULE, (_, quote: string, name: string) => {
      if (!existsSync(join(OUT, dirname(path), `${name}.js`)))
        throw new Error(`Cannot build: dist/${path} names ${name}.ts, which is not compiled`)
      return `${quote}${name}.js${quote}`
    })
    if (renamed !== text) writeFileSync(join(OUT, path), renamed)
  }
  return scripts.length
}

try {
  compile()
  inlineTables()
  const assets = copyAssets() + stripScripts() + (await bundleScripts())
  console.error(`Built dist/: ${renameModules()} modules, ${assets} other files`)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
