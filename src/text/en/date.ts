import type { DateKey } from '../date-keys.ts'

export const date = {
  'date.about': 'Measurements: {count}. Devices: {probes}. Time ({zone}): {days}.',
  'date.none': 'No restriction seen.',
  'date.ignored': 'Columns that were not used: {columns}.',
  'date.set-aside': 'Lines that could not be read: {count}. The others were counted.',
  'date.alarms': 'Alarms that no incident confirmed: {count}.',
  'date.no-control': 'The table has no control: the fault may also be the line’s.',
} satisfies Record<DateKey, string>
