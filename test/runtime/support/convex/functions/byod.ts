import { mutationGeneric, queryGeneric } from 'convex/server'
import { v } from 'convex/values'

const config = {
  userId: v.string(),
  encryptedDeploymentUrl: v.string(),
  encryptedDeployKey: v.string(),
  encryptionIV: v.string(),
  authTags: v.string(),
  connectionStatus: v.string(),
}

export const getConfig = queryGeneric({
  args: { userId: v.string() },
  handler: (ctx, { userId }) =>
    ctx.db
      .query('userDatabaseConfig')
      .filter((q) => q.eq(q.field('userId'), userId))
      .first(),
})

export const putConfig = mutationGeneric({
  args: config,
  handler: async (ctx, row) => {
    await ctx.db.insert('userDatabaseConfig', row)
  },
})
