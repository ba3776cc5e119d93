/** A fault of the product: one of its modules, and what a broken twin of it exports instead. */
export interface Twin {
  readonly name: string
  /** From the root. */
  readonly module: string
  readonly plant: (actual: never) => object
}

/** Describes a broken twin; `plant` gets the module as it is. */
export const twin = <Module>(
  name: string,
  module: string,
  plant: (actual: Module) => Partial<Module>,
): Twin => ({ name, module, plant })
