import type { EditionKey } from '../edition-keys.ts'

export const edition = {
  'edition.later':
    'Measurements that arrived after this revision: {count}. The chart shows them; the figures and the weight on this page do not include them.',
  'edition.later-left-out':
    'Measurements that arrived after this revision: {count}. Neither the chart nor the figures of this page include them.',
  'edition.later-withdrawn':
    'Points and numbers of measurements: all data held today. Curve, start and end: of the withdrawn edition. Measurements that arrived after the first revision: {count}.',
  'edition.withdrawn-held':
    'Measurements that arrived after the first revision: {later}. Of all now held between the former start and end, the service opened in {passed}\u00a0of\u00a0{total}; devices on which it opened: {devices}.',
  'edition.former': 'Former edition. {text}',
  'edition.running':
    'Ongoing; figures may change. Figures and weight on this page were published: {at}. The time of the last failed measurement comes from later measurements.',
  'edition.bundle-of': 'revision: {revision}',
  'edition.bundle-older':
    'The bundle was made from an earlier revision than this page shows. Later changes are not in it.',
  'edition.field.share': 'Share that failed, or slowdown, with 95% interval',
  'edition.field.readings': 'Measurements',
  'edition.field.cause': 'Conclusion',
  'edition.field.people': 'People',
  'edition.percent': '{value}%',
  'edition.unchanged':
    'None of the figures compared here has changed. Counts behind single items of evidence may have.',
  'edition.no-method': 'This page takes nothing',
  'edition.no-method-about': 'The page at this address can only be read. What was sent was not kept.',
  'edition.silent': 'Nothing was measured in the last three hours: whether a restriction goes on now is not known.',
  'edition.simulated-present':
    'Ongoing in the simulated time, which ends with the last measurement: {at}. Figures may change.',
} satisfies Record<EditionKey, string>
