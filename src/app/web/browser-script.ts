import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type * as Esbuild from 'esbuild'
import { Fault } from '../../core/model/errors.ts'
import { CATALOGUE } from '../../core/text/catalogue.ts'
import { LANGS } from '../../core/text/lang.ts'
import { Mutex } from '../../runtime/mutex.ts'

/**
 * Scripts that are made from many files: name under which a site serves them, first of their sources below src/,
 * and beginnings of the keys that they say, since the whole catalogue would be ten times as large as the rest.
 */
export const BROWSER_SCRIPTS = {
  'verify.js': { entry: 'browser/verify/main.ts', says: ['bundle.', 'proof-page.tool.', 'word.'] },
  'mine.js': { entry: 'browser/mine/main.ts', says: ['mine.tool.', 'kind.', 'menu.verify', 'word.'] },
  // Its words are in its page.
  'report.js': { entry: 'browser/report/main.ts', says: [] },
  'join.js': { entry: 'browser/join/main.ts', says: [] },
  'check.js': { entry: 'browser/check/main.ts', says: [] },
  'letter.js': { entry: 'letter/browser/main.ts', says: [] },
} as const satisfies Record<string, { readonly entry: string; readonly says: readonly string[] }>
export type BrowserScript = keyof typeof BROWSER_SCRIPTS
export const BROWSER_SCRIPT_NAMES = Object.keys(BROWSER_SCRIPTS) as readonly BrowserScript[]

/** Where a published package has the scripts made. */
const FOLDER = fileURLToPath(new URL('../../browser/', import.meta.url))
const SOURCES = dirname(FOLDER)

/** Each once in the life of the process. */
const made = new Map<BrowserScript, Promise<string | undefined>>()

/**
 * A script of many files as one classic script: read from the published package, made once in a checkout. Undefined
 * where it cannot be made, because a checkout lacks the tools of development. The same sources give the same bytes.
 */
export function readBrowserScript(name: BrowserScript): Promise<string | undefined> {
  const reading = made.get(name) ?? readBuilt(name).then((text) => text ?? make(name))
  made.set(name, reading)
  return reading
}

async function readBuilt(name: BrowserScript): Promise<string | undefined> {
  try {
    return await readFile(join(FOLDER, name), 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** One after another: each ends the process that made it. */
const mutex = new Mutex()

const make = (name: BrowserScript): Promise<string | undefined> =>
  mutex.run(async () => {
    const esbuild = await loadEsbuild()
    return esbuild === undefined ? undefined : bundleBrowserScript(name, esbuild)
  })

async function loadEsbuild(): Promise<typeof Esbuild | undefined> {
  try {
    return await import('esbuild')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') return undefined
    throw error
  }
}

/** Makes the script out of its sources. Throws Fault where it does not hold together. */
export async function bundleBrowserScript(name: BrowserScript, esbuild: typeof Esbuild): Promise<string> {
  const { entry, says } = BROWSER_SCRIPTS[name]
  const path = join(SOURCES, entry)
  const { outputFiles, warnings } = await esbuild.build({
    entryPoints: [path],
    absWorkingDir: dirname(path),
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'silent',
    // No script asks for `eval` in a page that forbids it, not even to find out.
    banner: { js: '"use strict";globalThis.__zod_globalConfig={jitless:true};' },
    plugins: [fewWords(says), ownLocale],
  })
  await esbuild.stop()
  const [file] = outputFiles
  if (file === undefined || warnings.length > 0)
    throw new Fault(`Cannot make the script "${name}": ${warnings.map(({ text }) => text).join('; ')}`)
  // A page may hold the script between its tags.
  return file.text.replaceAll(/<\/(?=script)/gi, String.raw`<\/`).replaceAll('<!--', String.raw`<\!--`)
}

/** Puts the few words in the place of the catalogue. */
export const fewWords = (says: readonly string[]): Esbuild.Plugin => ({
  name: 'few-words',
  setup(build) {
    build.onLoad({ filter: /[\\/]text[\\/]catalogue\.ts$/ }, () => ({
      contents: `export const CATALOGUE = ${JSON.stringify(wordsSaid(says))}`,
      loader: 'js',
    }))
  },
})

/** Messages of zod are read only by programmers, so in one language. */
export const ownLocale: Esbuild.Plugin = {
  name: 'own-locale',
  setup(build) {
    build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js'",
      loader: 'js',
    }))
  },
}

const wordsSaid = (says: readonly string[]): Readonly<Record<string, Readonly<Record<string, string>>>> =>
  Object.fromEntries(
    LANGS.map((lang) => [
      lang,
      Object.fromEntries(
        Object.entries(CATALOGUE[lang]).filter(([key]) => says.some((start) => key.startsWith(start))),
      ),
    ]),
  )
