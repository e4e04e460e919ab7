/** Words of the papers that evidence is shown in: the exhibit, the statement of facts, the annexes. */
export type PaperKey = 'paper.title'
