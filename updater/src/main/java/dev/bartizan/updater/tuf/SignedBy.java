// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.tuf;

import java.util.SortedSet;

/**
 * Who says that a target exists.
 *
 * @param role the role that names it
 * @param version of that role's metadata
 * @param keys the ids of the keys that signed it, as far as the role's delegator knows them
 */
public record SignedBy(RoleName role, long version, SortedSet<String> keys) {}
