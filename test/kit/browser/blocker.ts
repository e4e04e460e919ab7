import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type BrowserContext } from 'playwright-core'
import { BROWSER_SWITCHES, chromiumPath } from './browser.ts'

export interface Blocker extends AsyncDisposable {
  readonly context: BrowserContext
}

/** Chromium with an extension that refuses facebook.com to pages, as blockers do; disposing it removes its profile. */
export async function openWithBlocker({
  viewport,
  switches,
}: {
  readonly viewport: { readonly width: number; readonly height: number }
  readonly switches: readonly string[]
}): Promise<Blocker> {
  const folder = mkdtempSync(join(tmpdir(), 'kuager-blocker-'))
  const extension = join(folder, 'extension')
  mkdirSync(extension)
  const manifest = {
    ...{ manifest_version: 3, name: 'blocker', version: '1', permissions: ['declarativeNetRequest'] },
    declarative_net_request: { rule_resources: [{ id: 'rules', enabled: true, path: 'rules.json' }] },
  }
  const condition = { urlFilter: '||facebook.com^', resourceTypes: ['xmlhttprequest', 'image', 'other'] }
  writeFileSync(join(extension, 'manifest.json'), JSON.stringify(manifest))
  writeFileSync(join(extension, 'rules.json'), JSON.stringify([{ id: 1, action: { type: 'block' }, condition }]))
  const context = await chromium.launchPersistentContext(join(folder, 'profile'), {
    executablePath: chromiumPath() ?? '',
    // The switch of the list asks for no window either; what Playwright would add leaves extensions out.
    headless: false,
    viewport,
    ignoreHTTPSErrors: true,
    args: [
      ...BROWSER_SWITCHES,
      `--disable-extensions-except=${extension}`,
      `--load-extension=${extension}`,
      ...switches,
    ],
  })
  return {
    context,
    [Symbol.asyncDispose]: async () => {
      await context.close()
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
    },
  }
}
