/** The memory of a Python that has started, beside Pyodide's own files. */
export const snapshotName = 'python_snapshot.bin'

/** What it measures: WebAssembly's memory in its pages, and a head. */
export const snapshotBytes = 31_457_408
