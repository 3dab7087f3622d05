package dev.bartizan.crypto.keystore;

/**
 * How well the keys are protected; every report carries it.
 *
 * @param manufacturer of the chip or module, printable; {@code "IBM"} is the swtpm emulator
 * @param firmwareVersion as the module states it
 */
public record Protection(Kind kind, String manufacturer, String firmwareVersion) {
  /** What holds the private keys. */
  public enum Kind {
    TPM2("tpm2"),
    PKCS11("pkcs11"),
    SOFTWARE("software");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    /** As reports and {@code status} write it. */
    public String text() {
      return text;
    }
  }
}
