// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.tuf;

import java.io.IOException;

/** How a search comes by a delegated role: from the repository or from what is stored. */
@FunctionalInterface
interface DelegatedRoles {
  /** The targets of {@code delegation}, verified as {@code delegator} demands. */
  Targets get(RoleName delegator, Delegation delegation) throws TufRefusal, IOException;
}
