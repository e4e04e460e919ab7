/** Reading a document with this word never ends. */
export const ENDLESS_TO_READ = 'endless-to-read'
/** Reading its public form never ends: it can be taken and judged, and never shown. */
export const ENDLESS_TO_SHOW = 'endless-to-show'
