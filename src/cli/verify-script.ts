import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type * as Esbuild from 'esbuild'
import { Fault } from '../model/errors.ts'
import { CATALOGUE } from '../text/catalogue.ts'
import { LANGS } from '../text/lang.ts'

/** Name under which the site serves the script; in a published package it lies beside the others of the browser. */
export const VERIFY_SCRIPT = 'verify.js'
const BUILT = fileURLToPath(new URL(`../browser/${VERIFY_SCRIPT}`, import.meta.url))
const ENTRY = join(fileURLToPath(new URL('../browser/verify/', import.meta.url)), 'main.ts')

/** Beginnings of the keys that the script says: the whole catalogue would be ten times as large as the rest of it. */
const SAID = ['bundle.', 'proof-page.tool.', 'word.'] as const

/** Once in the life of the process. */
let made: Promise<string | undefined> | undefined

/**
 * The script that verifies a bundle in a browser: read from the published package, made once in a checkout. Undefined
 * where it cannot be made, because a checkout lacks the tools of development. The same sources give the same bytes.
 */
export const readVerifyScript = (): Promise<string | undefined> => (made ??= readBuilt().then((text) => text ?? make()))

async function readBuilt(): Promise<string | undefined> {
  try {
    return await readFile(BUILT, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

async function make(): Promise<string | undefined> {
  const esbuild = await loadEsbuild()
  return esbuild === undefined ? undefined : bundleVerifyScript(esbuild)
}

async function loadEsbuild(): Promise<typeof Esbuild | undefined> {
  try {
    return await import('esbuild')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') return undefined
    throw error
  }
}

/** Makes the script out of its sources. Throws Fault where it does not hold together. */
export async function bundleVerifyScript(esbuild: typeof Esbuild): Promise<string> {
  const { outputFiles, warnings } = await esbuild.build({
    entryPoints: [ENTRY],
    absWorkingDir: dirname(ENTRY),
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'silent',
    // A page that forbids `eval` is asked for it by nobody, not even to find out.
    banner: { js: '"use strict";globalThis.__zod_globalConfig={jitless:true};' },
    plugins: [fewWords, ownLocale],
  })
  await esbuild.stop()
  const [file] = outputFiles
  if (file === undefined || warnings.length > 0)
    throw new Fault(`Cannot make the script of verification: ${warnings.map(({ text }) => text).join('; ')}`)
  // A page may hold the script between its tags.
  return file.text.replaceAll(/<\/(?=script)/gi, String.raw`<\/`).replaceAll('<!--', String.raw`<\!--`)
}

/** Puts the few words in the place of the catalogue. */
const fewWords: Esbuild.Plugin = {
  name: 'few-words',
  setup(build) {
    build.onLoad({ filter: /[\\/]text[\\/]catalogue\.ts$/ }, () => ({
      contents: `export const CATALOGUE = ${JSON.stringify(wordsSaid())}`,
      loader: 'js',
    }))
  },
}

/** Messages of zod are read by programmers alone, so in one language. */
const ownLocale: Esbuild.Plugin = {
  name: 'own-locale',
  setup(build) {
    build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js'",
      loader: 'js',
    }))
  },
}

const wordsSaid = (): Readonly<Record<string, Readonly<Record<string, string>>>> =>
  Object.fromEntries(
    LANGS.map((lang) => [
      lang,
      Object.fromEntries(
        Object.entries(CATALOGUE[lang]).filter(([key]) => SAID.some((start) => key.startsWith(start))),
      ),
    ]),
  )
