import type { FilesRead } from '../source/read-files.ts'
import type { StepFindings } from './findings.ts'

/**
 * Whether opened values are those that were committed to. What the program read from values that are not shown is not
 * derived again from the bundle alone, and that is said.
 */
export function checkWithheld({ forms }: Pick<FilesRead, 'forms'>, find: StepFindings): void {
  let count = 0
  let opened = 0
  let measurements = 0
  for (const [path, form] of forms) {
    count += form.withheld
    opened += form.opened
    if (form.withheld > 0) measurements++
    for (const at of form.wrong) find.fail('opening-differs', `${path} ${at}`)
  }
  find.fact('withheld', { count, measurements, opened })
  if (count > 0) find.note('read-withheld')
}
