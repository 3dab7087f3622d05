// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import java.io.IOException;
import java.util.List;

/** Where the keystore finds which boot states its authority approves. */
@FunctionalInterface
public interface PcrApprovals {
  /** For keys that have no authority. */
  PcrApprovals NONE = List::of;

  /** All there are now, in no order; wrong ones do no harm, the TPM checks each. */
  List<PcrApproval> current() throws IOException;
}
