import type { DateKey } from '../date-keys.ts'

export const date = {
  'date.about': 'Measurements: {count}. Devices: {probes}. Time ({zone}): {days}.',
  'date.none': 'No restriction seen.',
  'date.ignored': 'Columns that were not used: {columns}.',
  'date.set-aside': 'Lines that could not be read: {count}. The others were counted.',
  'date.alarms': 'Alarms that no incident confirmed: {count}.',
  'date.no-control': 'The table has no control: the fault may also be the line’s.',
  'date.empty': 'No measurement could be read from the table.',
  'date.few-controls': 'Failures without a control: {count}. They were counted: the fault may also be the line’s.',
  'date.left-both': 'Failures not counted because the control or the line failed too: {count}.',
  'date.left-uncontrolled': 'Failures not counted because they have no control: {count}.',
  'date.left-nothing': 'Measurements without a result: {count}.',
  'date.strip': 'One sign is {length}: · opened, ▒ failed in part, █ failed, ? nothing learnt, a blank is no data.',
  'date.unknown-devices': 'Who measured is not given: all rows count as one device.',
  'date.alarm-unconfirmed': 'Live alarm: {at}, not yet confirmed by two devices.',
} satisfies Record<DateKey, string>
