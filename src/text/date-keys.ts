/** Keys of the words of `kuager date`, which dates a series from anywhere. */
export type DateKey = 'date.about' | 'date.none' | 'date.ignored' | 'date.set-aside' | 'date.alarms' | 'date.no-control'
