import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Page } from 'playwright-core'
import { BROWSER_SWITCHES, chromiumPath } from './browser.ts'

/** Files below a folder in which one of these words stands, in any writing that a browser keeps. */
function filesWith(folder: string, words: readonly string[]): readonly string[] {
  const needles = words.flatMap((word) => [
    Buffer.from(word),
    Buffer.from(word, 'utf16le'),
    Buffer.from(encodeURIComponent(word).replaceAll('%20', '+')),
  ])
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => {
      const bytes = readFileSync(path)
      return needles.some((needle) => bytes.includes(needle))
    })
}

/**
 * Lets somebody act in a browser with a usual profile, as on a device that is taken from its owner: Chromium writes what
 * it could need to open its tabs again, with what forms have sent. Gives a search over the files that it left; the words
 * that `act` gives are sought in `secrets`, `visited` shows that it wrote at all.
 */
export async function tracesOf(
  { scripts, visited }: { readonly scripts: boolean; readonly visited: string },
  act: (page: Page) => Promise<readonly string[]>,
): Promise<{ readonly secrets: readonly string[]; readonly visited: readonly string[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'kuager-profile-'))
  try {
    const context = await chromium.launchPersistentContext(folder, {
      executablePath: chromiumPath() ?? '',
      args: [...BROWSER_SWITCHES],
      javaScriptEnabled: scripts,
    })
    let secrets: readonly string[]
    try {
      secrets = await act(await context.newPage())
    } finally {
      await context.close()
    }
    return { secrets: filesWith(folder, secrets), visited: filesWith(folder, [visited]) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
