// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import dev.bartizan.crypto.TouchesTheWorld;
import java.nio.file.Path;
import java.security.InvalidParameterException;
import java.security.Provider;
import java.security.ProviderException;
import java.security.Security;
import org.jspecify.annotations.Nullable;

/**
 * A slot of a PKCS#11 module, by way of the JDK's SunPKCS11. The module is loaded into this process
 * and stays there.
 *
 * @param library the module's shared object
 * @param slot the slot's id, as the module counts
 */
public record Pkcs11Module(Path library, int slot) {
  private static final String NAME = "bartizan";
  private static final String NO_SUCH_SLOT = "CKR_SLOT_ID_INVALID";

  public Pkcs11Module {
    String path = library.toString();
    if (!library.isAbsolute() || !path.matches("[\\p{Graph}&&[^\"'{}()=,;#\\\\]]+") || slot < 0) {
      throw new IllegalArgumentException("a module is an absolute plain path, a slot a number");
    }
  }

  /** A provider for using what is there. */
  Provider provider() throws KeystoreRefusal {
    return provider("");
  }

  /**
   * A provider whose new key pairs can be used for one thing only and never leave the token.
   *
   * @param purpose IDENTITY signs, UNWRAP agrees
   */
  Provider birthplace(KeyPurpose purpose) throws KeystoreRefusal {
    boolean signs = purpose == KeyPurpose.IDENTITY;
    return provider(
        "attributes(generate, CKO_PRIVATE_KEY, CKK_EC) = {"
            + "\nCKA_SENSITIVE = true"
            + "\nCKA_EXTRACTABLE = false"
            + ("\nCKA_SIGN = " + signs)
            + ("\nCKA_DERIVE = " + !signs)
            + "\n}\n");
  }

  /** A provider whose new key pairs, on a curve or of RSA, sign alone and never leave the token. */
  Provider signingBirthplace() throws KeystoreRefusal {
    StringBuilder attributes = new StringBuilder();
    for (String type : new String[] {"CKK_EC", "CKK_RSA"}) {
      attributes
          .append("attributes(generate, CKO_PRIVATE_KEY, " + type + ") = {")
          .append("\nCKA_SENSITIVE = true\nCKA_EXTRACTABLE = false\nCKA_SIGN = true")
          .append(type.equals("CKK_EC") ? "\nCKA_DERIVE = false" : "\nCKA_DECRYPT = false")
          .append("\n}\n");
    }
    return provider(attributes.toString());
  }

  /** Configured without being registered, from text and not from a file. */
  @TouchesTheWorld("loads the module's shared object into this process")
  private Provider provider(String attributes) throws KeystoreRefusal {
    String text =
        ("--name = " + NAME)
            + ("\nlibrary = " + library)
            + ("\nslot = " + slot)
            + "\nattributes(generate, CKO_SECRET_KEY, CKK_GENERIC_SECRET) = {"
            + "\nCKA_TOKEN = false"
            + "\nCKA_SENSITIVE = false"
            + "\nCKA_EXTRACTABLE = true"
            + "\n}\n";
    Provider template = Security.getProvider("SunPKCS11");
    if (template == null) {
      throw unusable("this Java platform has no jdk.crypto.cryptoki", null);
    }
    try {
      return template.configure(text + attributes);
    } catch (InvalidParameterException | ProviderException refused) {
      String why = Pkcs11Trouble.text(refused);
      // A module that answers, and knows the slot, has lost its token.
      throw Pkcs11Trouble.isCode(why) && !why.equals(NO_SUCH_SLOT)
          ? Pkcs11Trouble.absent(this, refused)
          : unusable(why, refused);
    }
  }

  private KeystoreRefusal unusable(String why, @Nullable Exception cause) {
    return new KeystoreRefusal(
        KeystoreRefusal.Reason.MODULE_UNUSABLE,
        "PKCS#11 module " + library + ", slot " + slot + ": " + why,
        cause);
  }

  /** As messages name it. */
  @Override
  public String toString() {
    return library + " slot " + slot;
  }
}
