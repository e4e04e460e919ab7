import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'

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
