import type { Hono } from 'hono'
import type { PublishedValidation } from '../../core/model/incident/validation.ts'
import { LANGS } from '../../core/text/lang.ts'
import type { Frame } from '../../web/html/frame.ts'
import { answerPage } from '../respond.ts'
import { validationPage } from './page/validation.ts'

/** Adds `/kk/validation` and the files of every validation as they are. */
export function addValidationPage(
  site: Hono,
  options: { readonly validations?: () => Promise<readonly PublishedValidation[]>; readonly frame: Frame },
): void {
  const { validations = async () => [], frame } = options
  for (const lang of LANGS)
    site.get(`/${lang}/validation`, async (c) => answerPage(c, validationPage(lang, await validations()), frame))
  for (const file of ['frozen', 'labels'] as const)
    site.get(`/validation/:id/${file}.json`, async (c) => {
      const found = (await validations()).find(({ id }) => id === c.req.param('id'))
      if (found?.kind !== 'whole') return c.notFound()
      return c.body(found.files[file], 200, { 'content-type': 'application/json; charset=utf-8' })
    })
}
