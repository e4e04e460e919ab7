import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Page } from 'playwright-core'
import { packedZip, type Files } from '../proof/bundle-maker.ts'

/** Writes the files of a bundle as a folder and as a zip beside it. */
export function layOut(files: Files, name: string, root: string): { readonly folder: string; readonly zip: string } {
  const folder = join(root, name)
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), bytes)
  }
  const zip = join(root, `${name}.zip`)
  writeFileSync(zip, packedZip(files, name))
  return { folder, zip }
}

/**
 * Chooses a zip or a folder within a part of a page and waits for the end of the check: `sound`, `wanting`, `broken`. Nothing
 * is judged again, unless that is asked for: a bundle made by hand holds no measurements that anything follows from.
 */
export async function check(
  page: Page,
  part: string,
  kind: 'zip' | 'folder',
  path: string,
  { judge = false }: { readonly judge?: boolean } = {},
): Promise<string> {
  await page.locator(`${part} input[type=checkbox]`).setChecked(judge)
  await page.locator(`${part} input[data-choose=${kind}]`).setInputFiles(path)
  await page.locator(`${part} button[type=submit]`).click()
  return ended(page, part)
}

/** Waits for the end of a check that was begun. */
export async function ended(page: Page, part: string): Promise<string> {
  const phases = ['sound', 'wanting', 'broken'].map((phase) => `${part} .result[data-phase=${phase}]`)
  await page.locator(phases.join(', ')).waitFor({ timeout: 60_000 })
  return (await page.locator(`${part} .result`).getAttribute('data-phase')) ?? ''
}

/** Outcome of each step as the page has it. */
export const outcomes = (page: Page, part: string): Promise<Readonly<Record<string, string>>> =>
  page
    .locator(`${part} .checked > li`)
    .evaluateAll((items) =>
      Object.fromEntries(
        items.map((item) => [item.getAttribute('data-step') ?? '', item.getAttribute('data-outcome') ?? '']),
      ),
    )
