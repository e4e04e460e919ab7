import assert from 'node:assert/strict'
import type { Browser } from 'playwright-core'
import { openBrowser } from './browser.ts'
import { openFirefox } from './firefox.ts'

/** A page that is used by keys alone, the same in each browser. */
export interface KeyboardPage {
  readonly goTo: (address: string) => Promise<void>
  readonly evaluate: (expression: string) => Promise<unknown>
  readonly press: (...keys: readonly string[]) => Promise<void>
  readonly [Symbol.asyncDispose]: () => PromiseLike<void>
}

const WINDOW = { width: 1280, height: 900 }
/** More than any page has that can be used. */
const MOST_STOPS = 300
const WAIT_MS = 10_000
const PAUSE_MS = 25

/** Opens a page of Chromium for the keyboard. */
export async function chromiumKeyboard(): Promise<KeyboardPage> {
  const browser: Browser = await openBrowser()
  const page = await browser.newPage({ viewport: WINDOW })
  return {
    goTo: async (address) => {
      await page.goto(address)
    },
    evaluate: (expression) => page.evaluate(expression),
    press: async (...keys) => {
      for (const key of keys) await page.keyboard.press(key === ' ' ? 'Space' : key)
    },
    [Symbol.asyncDispose]: () => browser.close(),
  }
}

/** Opens a page of Firefox for the keyboard. */
export const firefoxKeyboard = (): Promise<KeyboardPage> => openFirefox()

/** Presses Tab until the focus is on what a selector names; there it is seen. */
export async function tabTo(page: KeyboardPage, selector: string): Promise<void> {
  for (let stop = 0; stop < MOST_STOPS; stop++) {
    await page.press('Tab')
    if ((await page.evaluate(`document.activeElement.matches(${JSON.stringify(selector)})`)) !== true) continue
    assert.notEqual(await page.evaluate(`getComputedStyle(document.activeElement).outlineStyle`), 'none', selector)
    return
  }
  assert.fail(`the keyboard does not reach ${selector}`)
}

/** Waits until an expression is true in the page, which may be another page by then, and that page has loaded. */
export async function untilTrue(page: KeyboardPage, expression: string): Promise<void> {
  const end = Date.now() + WAIT_MS
  while (Date.now() < end) {
    // While a page goes, there is none to ask.
    if (
      (await page.evaluate(`document.readyState === 'complete' && Boolean(${expression})`).catch(() => false)) === true
    )
      return
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
  }
  assert.fail(`never true: ${expression}`)
}
