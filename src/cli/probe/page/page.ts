import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { platform } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { MINUTE_MS, SECOND_MS } from '../../../core/model/duration.ts'
import { say } from '../../../core/text/format.ts'
import { serveLocalPage, type PageFile } from '../../../probe/page/serve-page.ts'
import { saveSettings } from '../../../probe/plan/settings.ts'
import { Spool } from '../../../probe/spool/spool.ts'
import { openCertificates } from '../../../runtime/certificates.ts'
import { systemClock } from '../../../runtime/clock.ts'
import { PACKAGE_ROOT, PROBE_ONLY, readPackaged } from '../../../runtime/files/package-root.ts'
import { loadTables } from '../../../runtime/tables/tables.ts'
import type { World } from '../../../runtime/world.ts'
import { task } from '../../terminal/command.ts'
import { readAsked, someOptions, type Asked } from '../options.ts'
import { writeSentence } from '../tell.ts'
import { PageActs } from './acts.ts'
import { pageState } from './state.ts'

/** The program ends when no page has asked for so long. */
const IDLE = 10 * MINUTE_MS

/** Files of the page by path: where they are in a checkout, and their type. A program of one file has them inside. */
export const PAGE_FILES = {
  '/': { from: 'src/probe/page/page.html', type: 'text/html; charset=utf-8' },
  '/page.js': { from: 'src/browser/probe-page.ts', type: 'text/javascript; charset=utf-8' },
  '/page.css': { from: 'src/probe/page/page.css', type: 'text/css; charset=utf-8' },
  '/tokens.css': { from: 'src/site/assets/css/10-tokens.css', type: 'text/css; charset=utf-8' },
  '/icon.svg': { from: 'src/site/assets/icon.svg', type: 'image/svg+xml' },
} as const

/** Bytes of a file of the page, from a checkout, a published package or a program of one file. */
export function readPageFile({ from }: { readonly from: string }): Buffer {
  const path = join(PACKAGE_ROOT, from)
  if (PROBE_ONLY) return readPackaged(path)
  const isSource = import.meta.url.endsWith('.ts')
  if (!isSource) return readPackaged(join(PACKAGE_ROOT, 'dist', from.replace(/\.ts$/, '.js')))
  const text = readFileSync(path, 'utf8')
  // The page has the fonts of its machine: those of the site would be a third of a megabyte.
  return Buffer.from(from.endsWith('.ts') ? stripTypeScriptTypes(text) : text.replaceAll(/@font-face \{.*?\}\n/gs, ''))
}

export const command = task({
  about: `
Open the page of the probe in the browser. It is served to this machine only: consent, what was measured and sent,
pause, data limit, leaving. It ends ten minutes after the page was closed.`,
  examples: [''],
  options: someOptions('no-start', 'collector', 'control', 'asn', 'cc', 'service-list', 'controls', 'extra-roots'),
  async run({ lang, ...values }, call) {
    const asked = await readAsked({ ...values, lang }, call)
    // Kept, since the page can change it.
    if (lang !== undefined) await saveSettings(asked.folder, { ...asked.kept, lang: asked.lang })
    return runPage(() => readAsked(values, call), call.world)
  },
})

/** Serves the page until it is closed, or everything was deleted, or the program is stopped. */
async function runPage(read: () => Promise<Asked>, world: World): Promise<number> {
  const tools = { tables: loadTables(), certificates: openCertificates() }
  const ended = new AbortController()
  const signal = AbortSignal.any([world.signal, ended.signal])
  const acts = new PageActs(read, { ...world, signal: world.signal }, () => {
    setTimeout(() => ended.abort(), SECOND_MS).unref()
  })
  const files = new Map<string, PageFile>(
    Object.entries(PAGE_FILES).map(([path, file]) => [path, { type: file.type, bytes: readPageFile(file) }]),
  )
  const page = {
    files,
    async read(name: string, query: URLSearchParams): Promise<unknown> {
      if (name === 'state') return { ...(await pageState(await read(), tools)), measuring: acts.measuring }
      if (name === 'document') return { text: await documentOf((await read()).folder, query.get('id') ?? '') }
      return undefined
    },
    act: (name: string, given: unknown) => acts.act(name, given),
  }
  await using served = await serveLocalPage(page, () => systemClock.monotonic())
  const { lang, start } = await read()
  const address = served.link()
  if (start) openBrowser(address)
  writeSentence(say(lang, 'probe-page.opened', { address }), world)
  while (!signal.aborted && (acts.measuring || systemClock.monotonic() - served.lastAsked() < IDLE))
    await wait(SECOND_MS, undefined, { signal }).catch(() => undefined)
  return 0
}

/** A measurement as it was or will be sent; null where it is no longer there. */
async function documentOf(folder: string, id: string): Promise<string | null> {
  const spool = new Spool(folder)
  const all = [...(await spool.list()), ...(await spool.listRefused()), ...(await spool.listSent(systemClock.now()))]
  const entry = all.find((one) => one.id === id)
  return entry === undefined ? null : ((await spool.read(entry)) ?? null)
}

/** Opens an address in the browser of the machine's owner; where that fails, they open it by hand. */
function openBrowser(address: string): void {
  const [program, ...words] =
    platform() === 'win32'
      ? ['cmd', '/d', '/c', 'start', '', address]
      : [platform() === 'darwin' ? 'open' : 'xdg-open', address]
  const child = spawn(program ?? '', words, { stdio: 'ignore', detached: true, windowsHide: true })
  child.on('error', () => undefined)
  child.unref()
}
