/** Words of the papers that evidence is shown in: the exhibit, the statement of facts, the annexes. */
export type PaperKey = PaperFrameKey

/** Words that every paper has around what it says. */
type PaperFrameKey =
  | 'paper.title'
  | 'paper.page'
  | 'paper.table'
  | 'paper.figure'
  | 'paper.blank'
  | 'paper.annex'
  | 'paper.unconfirmed'
  | 'paper.chart-interval'
  | `paper.standing.${'fact' | 'inference' | 'allegation'}`
