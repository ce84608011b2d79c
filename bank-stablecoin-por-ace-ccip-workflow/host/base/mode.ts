// Names the two modes in which a workflow runs.

/** The mode of the SDK's runtime in which the nodes act as one DON. */
export const MODE_DON = 1
/** The mode in which each node acts for itself. */
export const MODE_NODE = 2
