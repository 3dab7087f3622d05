// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.jca;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import dev.bartizan.crypto.TouchesTheWorld;
import java.security.Security;

/**
 * Signatures by the native provider, for a process that verifies many: one on P-256 costs it a
 * seventh of what the platform's own code takes ({@code bench verify}). A device verifies few, and
 * starts sooner without.
 */
public final class NativeSignatures {
  private NativeSignatures() {}

  /**
   * Has this whole process use it, where it loads; takes some 200 ms.
   *
   * @return whether it does
   */
  @TouchesTheWorld(
      "the process's own list of providers: whoever verifies does not choose by himself")
  public static boolean prefer() {
    AmazonCorrettoCryptoProvider corretto = AmazonCorrettoCryptoProvider.INSTANCE;
    if (corretto.getLoadingError() != null) {
      return false;
    }
    Security.insertProviderAt(corretto, 1);
    return true;
  }
}
