import { actName, type Citing } from '../../casework/law/cite.ts'
import type { LawNotice } from '../../casework/law/law-notice.ts'
import { say } from '../../core/text/format.ts'

/** What changed in the law since a case was built, line by line. */
export function noticeLines(notice: LawNotice, citing: Citing): readonly string[] {
  const { lang } = citing
  const head =
    notice.kind === 'unknown'
      ? [say(lang, 'law.changed-unknown')]
      : [
          say(lang, 'law.changed-more', { version: notice.version }),
          say(lang, 'law.changed-what', { names: notice.names.map((name) => changedName(name, citing)).join('; ') }),
        ]
  return [...head, ...notice.changes.map(({ says }) => says[lang])]
}

function changedName(name: string, citing: Citing): string {
  const { law, lang } = citing
  const [kind, id = ''] = name.split(':')
  if (kind === 'days-off') return say(lang, 'law.days-off')
  const rule = law.rules.find((one) => one.id === id)
  if (kind === 'rule') return rule === undefined ? id : say(lang, `deadline.${rule.id}`)
  const row = law.provisions.get(id)
  return row === undefined ? id : actName(citing, row)
}
