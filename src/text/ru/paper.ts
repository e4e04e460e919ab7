import type { PaperKey } from '../paper-keys.ts'

export const paper: Readonly<Record<PaperKey, string>> = {
  'paper.title': 'Документы',
  'paper.page': 'Страница {page} из {pages}',
  'paper.table': 'Таблица',
  'paper.figure': 'Рисунок',
  'paper.blank': 'не указано: {what}',
  'paper.annex': 'Приложение №\u00a0{number}',
  'paper.unconfirmed': 'должен подтвердить юрист',
  'paper.chart-interval': 'интервал 95\u00a0%',
  'paper.standing.fact': 'Факт',
  'paper.standing.inference': 'Вывод',
  'paper.standing.allegation': 'Утверждение стороны',
}
