import { existsSync } from 'node:fs'
import { chromium, type Browser } from 'playwright-core'

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

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
] as const

/** Where the system's Chromium is; undefined where there is none. */
export const chromiumPath = (): string | undefined => PATHS.find((path) => existsSync(path))

/** Opens the system's Chromium without anything that would call home; `more` are further switches. Throws where there is none. */
export async function openBrowser(more: readonly string[] = []): Promise<Browser & AsyncDisposable> {
  const executablePath = chromiumPath()
  if (executablePath === undefined) throw new Error('Cannot open a browser: no Chromium at /usr/bin')
  return chromium.launch({ executablePath, args: [...BROWSER_SWITCHES, ...more] })
}
