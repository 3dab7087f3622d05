// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.config;

import dev.bartizan.crypto.keystore.Pkcs11Module;
import dev.bartizan.crypto.keystore.Protection;
import dev.bartizan.crypto.tpm.TpmAddress;
import java.nio.file.Path;

/** What holds the device's keys, as {@code [keystore]} names it. Each kind has keys of its own. */
public sealed interface KeystoreBackend {
  /** As {@code kind} writes it. */
  Protection.Kind kind();

  /**
   * The TPM 2.0 to use.
   *
   * @param binding the boot states in which it unwraps
   */
  record Tpm2(TpmAddress address, BootBinding binding) implements KeystoreBackend {
    @Override
    public Protection.Kind kind() {
      return Protection.Kind.TPM2;
    }
  }

  /**
   * A PKCS#11 token.
   *
   * @param pinFile readable by the agent's user alone
   * @param label what the names of this device's keys begin with
   */
  record Pkcs11(Pkcs11Module module, Path pinFile, String label) implements KeystoreBackend {
    @Override
    public Protection.Kind kind() {
      return Protection.Kind.PKCS11;
    }
  }

  /**
   * A file in the state directory, for development.
   *
   * @param passwordFile readable by the agent's user alone
   */
  record Software(Path passwordFile) implements KeystoreBackend {
    @Override
    public Protection.Kind kind() {
      return Protection.Kind.SOFTWARE;
    }
  }

  /** Reads {@code kind} and the keys that belong to it. */
  static KeystoreBackend read(ConfigTable table) throws ConfigRefusal {
    String text = table.text("kind", Protection.Kind.TPM2.text());
    Protection.Kind kind =
        Protection.Kind.find(text)
            .orElseThrow(
                () -> table.refusal("kind", "is not \"tpm2\", \"pkcs11\" or \"software\""));
    return switch (kind) {
      case TPM2 -> tpm2(table);
      case PKCS11 -> pkcs11(table);
      case SOFTWARE -> software(table);
    };
  }

  private static Tpm2 tpm2(ConfigTable table) throws ConfigRefusal {
    try {
      TpmAddress address = TpmAddress.parse(table.text("tpm", "/dev/tpmrm0"));
      return new Tpm2(address, BootBinding.read(table));
    } catch (IllegalArgumentException notAnAddress) {
      throw table.refusal("tpm", "is not a TPM's address", notAnAddress);
    }
  }

  private static Pkcs11 pkcs11(ConfigTable table) throws ConfigRefusal {
    String module = table.text("module");
    int slot = (int) table.requiredNumber("slot", 0, Integer.MAX_VALUE);
    String label = table.text("key_label", "bartizan");
    if (!label.matches("[a-z0-9][a-z0-9._-]{0,31}")) {
      throw table.refusal("key_label", "is not a plain name");
    }
    try {
      return new Pkcs11(
          new Pkcs11Module(Path.of(module), slot),
          table.path("pin_file", "/etc/bartizan/keystore-pin"),
          label);
    } catch (IllegalArgumentException notPlain) {
      throw table.refusal("module", "is not an absolute plain path: " + module, notPlain);
    }
  }

  /** Nobody gets here by a typing error: what protects nothing has to be asked for twice. */
  private static Software software(ConfigTable table) throws ConfigRefusal {
    if (!table.flag("for_development", false)) {
      throw table.refusal("kind", "is \"software\", which also wants for_development = true");
    }
    return new Software(table.path("password_file", "/etc/bartizan/keystore-password"));
  }
}
