// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Checksum;
import dev.bartizan.crypto.tpm.KeyBlob;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.PcrValues;
import dev.bartizan.crypto.tpm.TpmPublic;
import dev.bartizan.crypto.tpm.TpmRefusal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The stored form of {@link Tpm2Keys}: lines of a name and a value in one fixed order, the last one
 * the SHA-256 of all before it.
 *
 * <p>The check is against damage. Against exchange the TPM stands: private areas authenticate their
 * public areas, and the storage root key must be the chip's.
 */
final class Tpm2KeysText {
  private static final String TITLE = "bartizan-tpm2-keystore";
  private static final String VERSION = "2";
  private static final String NONE = "none";
  private static final Checksum CHECK = new Checksum("check ", "\n");
  private static final int MAX_BYTES = 32 * 1024;

  private Tpm2KeysText() {}

  static Bytes write(Tpm2Keys keys) {
    StringBuilder text = new StringBuilder();
    line(text, TITLE, VERSION);
    line(text, "storage-root", keys.storageRoot().encode().hex());
    line(text, "endorsement", keys.endorsement().encode().hex());
    for (KeyPurpose purpose : KeyPurpose.values()) {
      KeyBlob key = keys.key(purpose);
      line(text, publicName(purpose), key.publicArea().encode().hex());
      line(text, privateName(purpose), key.privateArea().hex());
    }
    UnwrapPolicy policy = keys.unwrapPolicy();
    PcrValues expected = policy.expected();
    line(text, "unwrap-pcrs", orNone(expected.selection().toString()));
    String values = expected.values().stream().map(Bytes::hex).collect(Collectors.joining(","));
    line(text, "unwrap-values", orNone(values));
    line(text, "unwrap-authority", orNone(policy.authority().map(Tpm2KeysText::hex).orElse("")));
    line(text, "unwrap-limit", Long.toUnsignedString(policy.limit()));
    return Bytes.of(CHECK.append(text.toString().getBytes(StandardCharsets.US_ASCII)));
  }

  static Tpm2Keys read(Bytes stored) throws KeystoreRefusal {
    try {
      return new Lines(checked(stored)).keys();
    } catch (TpmRefusal | IllegalArgumentException damaged) {
      throw new KeystoreRefusal(
          KeystoreRefusal.Reason.BLOB_CHANGED,
          Tpm2Keystore.BLOB + ": the stored keys are damaged",
          damaged);
    }
  }

  private static List<String> checked(Bytes stored) {
    if (stored.length() > MAX_BYTES) {
      throw new IllegalArgumentException("longer than " + MAX_BYTES + " bytes");
    }
    byte[] lines =
        CHECK
            .strip(stored.toArray())
            .orElseThrow(() -> new IllegalArgumentException("the check does not match"));
    return List.of(new String(lines, StandardCharsets.US_ASCII).split("\n", -1));
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append(name).append(' ').append(value).append('\n');
  }

  private static String orNone(String text) {
    return text.isEmpty() ? NONE : text;
  }

  private static String hex(TpmPublic publicArea) {
    return publicArea.encode().hex();
  }

  private static String publicName(KeyPurpose purpose) {
    return purpose.text() + "-public";
  }

  private static String privateName(KeyPurpose purpose) {
    return purpose.text() + "-private";
  }

  /** Takes the lines one after the other, each by its name. */
  private static final class Lines {
    private final Iterator<String> lines;

    Lines(List<String> lines) {
      this.lines = lines.iterator();
    }

    Tpm2Keys keys() throws TpmRefusal, KeystoreRefusal {
      String version = next(TITLE);
      if (!version.equals(VERSION)) {
        throw new KeystoreRefusal(
            KeystoreRefusal.Reason.BLOB_CHANGED,
            Tpm2Keystore.BLOB
                + ": format "
                + version
                + " where this agent knows "
                + VERSION
                + ": use the agent that wrote it, or enrol anew");
      }
      TpmPublic storageRoot = TpmPublic.parse(nextBytes("storage-root"));
      TpmPublic endorsement = TpmPublic.parse(nextBytes("endorsement"));
      KeyBlob attestation = key(KeyPurpose.ATTESTATION);
      KeyBlob identity = key(KeyPurpose.IDENTITY);
      KeyBlob unwrap = key(KeyPurpose.UNWRAP);
      return new Tpm2Keys(storageRoot, endorsement, attestation, identity, unwrap, policy());
    }

    private KeyBlob key(KeyPurpose purpose) throws TpmRefusal {
      TpmPublic publicArea = TpmPublic.parse(nextBytes(publicName(purpose)));
      return new KeyBlob(nextBytes(privateName(purpose)), publicArea);
    }

    private UnwrapPolicy policy() throws TpmRefusal {
      PcrValues expected = expected(next("unwrap-pcrs"), next("unwrap-values"));
      String authority = next("unwrap-authority");
      Optional<TpmPublic> key =
          authority.equals(NONE)
              ? Optional.empty()
              : Optional.of(TpmPublic.parse(Bytes.ofHex(authority)));
      return new UnwrapPolicy(expected, key, Long.parseUnsignedLong(next("unwrap-limit")));
    }

    private static PcrValues expected(String selection, String values) {
      if (selection.equals(NONE) && values.equals(NONE)) {
        return new PcrValues(new PcrSelection(List.of()), List.of());
      }
      List<Bytes> expected = new ArrayList<>();
      for (String value : values.split(",", -1)) {
        expected.add(Bytes.ofHex(value));
      }
      return new PcrValues(PcrSelection.parse(selection), expected);
    }

    private Bytes nextBytes(String name) {
      return Bytes.ofHex(next(name));
    }

    private String next(String name) {
      String line = lines.hasNext() ? lines.next() : "";
      if (!line.startsWith(name + " ")) {
        throw new IllegalArgumentException("no line " + name);
      }
      return line.substring(name.length() + 1);
    }
  }
}
