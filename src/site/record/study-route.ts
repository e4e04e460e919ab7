import type { Hono } from 'hono'
import type { Names } from '../../core/text/names.ts'
import type { PublishedStudy } from '../../core/model/incident/study.ts'
import { LANGS } from '../../core/text/lang.ts'
import type { Frame } from '../../web/html/frame.ts'
import { refusedStudyPage, studyPage } from './page/study.ts'
import { studiesPage } from './page/studies.ts'
import { answerPage } from '../respond.ts'

export interface StudyPagesOptions {
  /** Studies of the folder, re-read now and then; absent: none. */
  readonly studies?: () => Promise<readonly PublishedStudy[]>
  readonly names: Names
  readonly frame: Frame
}

const FILES = ['frozen', 'result'] as const

/** Adds `/kk/coincidence`, one page for each study, and their files as they are. */
export function addStudyPages(site: Hono, { studies = async () => [], frame, names }: StudyPagesOptions): void {
  const find = async (id: string): Promise<PublishedStudy | undefined> => (await studies()).find((one) => one.id === id)
  for (const lang of LANGS) {
    site.get(`/${lang}/coincidence`, async (c) => answerPage(c, studiesPage(lang, await studies()), frame))
    site.get(`/${lang}/coincidence/:id`, async (c) => {
      const study = await find(c.req.param('id'))
      if (study === undefined) return c.notFound()
      const serviceNames = new Map(names.services.map(({ id, name }) => [id, name]))
      const page = study.kind === 'whole' ? studyPage(lang, { ...study, serviceNames }) : refusedStudyPage(lang, study)
      return answerPage(c, page, frame)
    })
  }
  for (const file of FILES)
    site.get(`/study/:id/${file}.json`, async (c) => {
      const study = await find(c.req.param('id'))
      if (study?.kind !== 'whole') return c.notFound()
      return c.body(study.files[file], 200, { 'content-type': 'application/json; charset=utf-8' })
    })
}
