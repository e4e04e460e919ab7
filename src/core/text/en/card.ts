import type { CardKey } from '../card-keys.ts'

export const card = {
  'card.code': 'Check code',
  'card.check': 'Check',
  'card.band': 'start, end; 95% interval',
  'card.devices': 'Devices affected',
  'card.word': 'The signs {short}',
  'card.support-interference': 'Support for interference: {support}',
  'card.support-fault': 'Support for a technical fault: {support}',
  'card.revision': 'Revision {revision}, made {at}',
  'card.revision-number': 'Revision {revision}',
  'card.at': 'Time: {at} ({offset})',
  'card.networks': 'Networks: {count}',
  'card.more-networks': 'Networks not shown here: {count}',
  'card.no-data': 'No data for this time',
  'card.probes': 'probes: {count}',
  'card.measurements': 'measurements: {count}',
  'card.does-not-show': 'Measurements show where it opens; they do not show why, or who did it.',

  'code.title': 'Check code: {code}',
  'code.about': 'The code ties a picture to the data it was made from.',
  'code.same': 'The data are the same today',
  'code.same-about': 'That minute was computed again from the measurements. The code matches.',
  'code.changed': 'What is known of that minute has changed',
  'code.changed-about':
    'That minute was computed again from the measurements, and the code came out different. Measurements that arrived later, measurements that were erased, or a new revision of an incident can do that. The code may also have been mistyped.',
  'code.on-card': 'Code on the picture',
  'code.today': 'Code computed today',
  'code.unknown': 'No such code',
  'code.unknown-about':
    'No revision of a published incident has this code. Type it again from the picture. The picture may come from another server, or be forged.',
  'code.unreadable': 'This does not look like a check code',
  'code.several': 'Several revisions have this code',
  'code.form': 'Type a code',
  'code.form-about': 'The code stands at the foot of the picture, on the right. Examples: {examples}.',
  'code.find': 'Find',
  'code.states': 'That minute, from today’s data',
  'code.service-page': '{service}: page of the service',
  'code.proves':
    'A short code alone proves nothing. The measurements do, with their full SHA-256, on the pages that it leads to.',

  'card.busy': 'Too many pictures asked for at once',
  'card.busy-about': 'Try again in a minute.',
} satisfies Record<CardKey, string>
