/** Reading a document with this word never ends. */
export const ENDLESS_TO_READ = 'endless-to-read'
/** Making its public form never ends, nor does reading it in the thread that answers requests: it is taken and judged. */
export const ENDLESS_TO_SHOW = 'endless-to-show'
/** Judging it never ends, nor does reading it in the thread that answers requests: it is taken. */
export const ENDLESS_TO_JUDGE = 'endless-to-judge'
