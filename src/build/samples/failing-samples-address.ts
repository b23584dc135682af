/** Where a page of `astro dev` asks for the failures of the last run of the samples. */
export const failuresPath = '/@barbell/failing-samples'

/** The event that says that there was another run. */
export const failuresChanged = 'barbell:failing-samples'
