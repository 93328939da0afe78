import type { Model } from './models.ts'

const known = new WeakMap<Model, readonly Model[]>()

/** The models that a query of a model can touch along, through any number of relations. */
export function reachable(model: Model): readonly Model[] {
  let found = known.get(model)
  if (!found) {
    const models = new Set<Model>()
    const visit = ({ relations }: Model): void => {
      for (const { model: next } of relations.values())
        if (!models.has(next)) {
          models.add(next)
          visit(next)
        }
    }
    visit(model)
    known.set(model, (found = [...models]))
  }
  return found
}
