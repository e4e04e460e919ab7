import { existsSync } from 'node:fs'
import { chromium, type Browser, type BrowserServer } from 'playwright-core'

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Leads the names of test/kit/net/check-hosts.ts to this machine; a second switch of this name replaces it. */
export const CHECK_HOSTS_SWITCH = '--host-resolver-rules=MAP *.check.test 127.0.0.1'

/** Switches of a Chromium that calls nobody. */
export const BROWSER_SWITCHES = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  CHECK_HOSTS_SWITCH,
] as const

/** Where the system's Chromium is; undefined where there is none. */
export const chromiumPath = (): string | undefined => PATHS.find((path) => existsSync(path))

/** Variable in which `npm test` says where its one browser is, for all files that need no switches of their own. */
export const BROWSER_SERVER = 'KUAGER_TEST_BROWSER'

/** Starts a Chromium that several processes share; undefined where there is none. */
export async function openBrowserServer(): Promise<(BrowserServer & AsyncDisposable) | undefined> {
  const executablePath = chromiumPath()
  if (executablePath === undefined) return undefined
  const server = await chromium.launchServer({ executablePath, args: [...BROWSER_SWITCHES], host: '127.0.0.1' })
  return Object.assign(server, { [Symbol.asyncDispose]: () => server.close() })
}

/**
 * Opens the system's Chromium without anything that would call home; `more` are further switches, for which it is a
 * process of its own. Throws where there is none.
 */
export async function openBrowser(more: readonly string[] = []): Promise<Browser & AsyncDisposable> {
  const shared = process.env[BROWSER_SERVER]
  if (shared !== undefined && more.length === 0) return chromium.connect(shared)
  const executablePath = chromiumPath()
  if (executablePath === undefined) throw new Error('Cannot open a browser: no Chromium at /usr/bin')
  return chromium.launch({ executablePath, args: [...BROWSER_SWITCHES, ...more] })
}
