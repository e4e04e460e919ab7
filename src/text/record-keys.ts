/** Keys of the words of this area; derived from the closed lists of the model, so that a new member needs its words. */
export type RecordKey = 'claims.title'
