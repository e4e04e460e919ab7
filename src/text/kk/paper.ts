import type { PaperKey } from '../paper-keys.ts'

export const paper: Readonly<Record<PaperKey, string>> = {
  'paper.title': 'Құжаттар',
  'paper.page': 'Бет: {page} / {pages}',
  'paper.table': 'Кесте',
  'paper.figure': 'Сурет',
  'paper.blank': 'көрсетілмеген: {what}',
  'paper.annex': '№\u00a0{number} қосымша',
  'paper.unconfirmed': 'заңгер растауы тиіс',
  'paper.chart-interval': '95\u00a0% аралығы',
  'paper.standing.fact': 'Факт',
  'paper.standing.inference': 'Қорытынды',
  'paper.standing.allegation': 'Тараптың мәлімдеуі',
}
