// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.envelope;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Provider;
import javax.crypto.Cipher;
import org.jspecify.annotations.Nullable;

/**
 * Where bulk AES and SHA come from.
 *
 * <p>A daemon that starts, decrypts one model and serves never gets the platform's own cipher warm:
 * cold it runs at a fiftieth of its speed. The native provider is fast from the first byte. Where
 * it does not load, the platform's ciphers do the same work slowly, and {@link #name} says so.
 */
public final class BulkCrypto {
  private final @Nullable Provider provider;
  private final String name;

  private BulkCrypto(@Nullable Provider provider, String name) {
    this.provider = provider;
    this.name = name;
  }

  /** The native provider if it loads on this machine, else the platform's. Takes some 200 ms. */
  public static BulkCrypto fastest() {
    AmazonCorrettoCryptoProvider corretto = AmazonCorrettoCryptoProvider.INSTANCE;
    return corretto.getLoadingError() == null
        ? new BulkCrypto(corretto, "corretto " + corretto.getVersionStr())
        : platform();
  }

  /** The platform's own ciphers. */
  public static BulkCrypto platform() {
    return new BulkCrypto(null, "platform");
  }

  /** The provider's name for {@code status}: {@code "corretto 2.5.0"} or {@code "platform"}. */
  public String name() {
    return name;
  }

  /** Whether its ciphers keep no copy of a key beyond the chunk they work on. */
  public boolean leavesNoKeys() {
    return provider != null;
  }

  Cipher aesGcm() {
    try {
      return provider == null
          ? Cipher.getInstance("AES/GCM/NoPadding")
          : Cipher.getInstance("AES/GCM/NoPadding", provider);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every Java platform has AES-GCM", impossible);
    }
  }

  /** A fresh SHA-256 for bulk data. */
  public MessageDigest sha256() {
    try {
      return provider == null
          ? MessageDigest.getInstance("SHA-256")
          : MessageDigest.getInstance("SHA-256", provider);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every Java platform has SHA-256", impossible);
    }
  }
}
