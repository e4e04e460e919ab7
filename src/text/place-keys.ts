/** Keys of this area's words. */
export type PlaceKey = 'place.title'
