import type { PaperKey } from '../paper-keys.ts'

export const paper: Readonly<Record<PaperKey, string>> = {
  'paper.title': 'Papers',
  'paper.page': 'Page {page} of {pages}',
  'paper.table': 'Table',
  'paper.figure': 'Figure',
  'paper.blank': 'not given: {what}',
  'paper.annex': 'Annex {number}',
  'paper.unconfirmed': 'a lawyer must confirm',
  'paper.chart-interval': '95\u00a0% interval',
  'paper.standing.fact': 'Fact',
  'paper.standing.inference': 'Inference',
  'paper.standing.allegation': 'Allegation',
}
