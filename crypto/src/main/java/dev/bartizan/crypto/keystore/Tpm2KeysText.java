package dev.bartizan.crypto.keystore;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.tpm.KeyBlob;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.PcrValues;
import dev.bartizan.crypto.tpm.TpmPublic;
import dev.bartizan.crypto.tpm.TpmRefusal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
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
  private static final String VERSION = "1";
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
    PcrValues expected = keys.unwrapPolicy().expected();
    line(text, "unwrap-pcrs", expected.selection().toString());
    line(
        text,
        "unwrap-values",
        expected.values().stream().map(Bytes::hex).collect(Collectors.joining(",")));
    line(text, "check", Digest.of(bytes(text.toString())).hex());
    return Bytes.of(bytes(text.toString()));
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
    String text = new String(stored.toArray(), StandardCharsets.US_ASCII);
    int last = text.lastIndexOf('\n', text.length() - 2) + 1;
    String check = "check " + Digest.of(bytes(text.substring(0, last))).hex() + "\n";
    if (!text.substring(last).equals(check)) {
      throw new IllegalArgumentException("the check does not match");
    }
    return List.of(text.substring(0, last).split("\n", -1));
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append(name).append(' ').append(value).append('\n');
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
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

    Tpm2Keys keys() throws TpmRefusal {
      if (!next(TITLE).equals(VERSION)) {
        throw new IllegalArgumentException("written by another version");
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

    private PcrPolicy policy() {
      PcrSelection selection = PcrSelection.parse(next("unwrap-pcrs"));
      List<Bytes> values = new ArrayList<>();
      for (String value : next("unwrap-values").split(",", -1)) {
        values.add(Bytes.ofHex(value));
      }
      return new PcrPolicy(new PcrValues(selection, values));
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
