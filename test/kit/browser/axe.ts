import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import type { Lang } from '../../../src/core/text/lang.ts'

// Colours are the same in every language, and axe takes longer for their contrast than for all the rest. Where a page is
// looked at in three languages, contrast is judged by day in Kazakh and by night in Russian.

export const schemeOf = (lang: Lang): 'light' | 'dark' => (lang === 'ru' ? 'dark' : 'light')
export const judgesContrast = (lang: Lang): boolean => lang !== 'en'

/**
 * What axe finds wrong in a page: each rule with the elements that break it. Only violations are gathered: axe would
 * otherwise describe every element of the page that it finds right, which takes most of its time. Frames of other origins
 * are left out. `contrast`: whether it judges the contrast of colours.
 */
export async function violationsOf(page: Page, { contrast = true } = {}): Promise<readonly string[]> {
  const axe = new AxeBuilder({ page })
    .options({ resultTypes: ['violations'], rules: { 'color-contrast': { enabled: contrast } } })
    .setLegacyMode()
  const { violations } = await axe.analyze()
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
}
