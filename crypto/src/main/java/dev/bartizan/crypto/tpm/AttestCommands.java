// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.SecretBytes;
import java.io.IOException;

/** Statements the TPM signs about itself, and the proof that a key is in it. */
public final class AttestCommands {
  private static final int MAX_STATEMENT = 2048;

  /** The longest extra data that every TPM signs along. */
  private static final int MAX_EXTRA = 32;

  private final Tpm tpm;

  AttestCommands(Tpm tpm) {
    this.tpm = tpm;
  }

  /** Signs the PCRs. */
  public SignedStatement quote(
      TpmObject attestationKey, PcrSelection selection, Bytes extraData, TpmSession session)
      throws IOException {
    TpmWriter parameters = extra(extraData);
    selection.write(parameters);
    TpmCall call = new TpmCall(CommandCode.QUOTE).on(attestationKey.handle(), session);
    return statement(call.with(parameters));
  }

  /** Signs that {@code subject} is loaded in this TPM. */
  public SignedStatement certify(
      TpmObject subject, TpmObject attestationKey, Bytes extraData, TpmSession session)
      throws IOException {
    TpmCall call = new TpmCall(CommandCode.CERTIFY);
    call.onOpen(subject.handle()).on(attestationKey.handle(), session);
    return statement(call.with(extra(extraData)));
  }

  /**
   * Opens a challenge made for {@code endorsement} and the name of {@code present}; the secret is
   * encrypted on the way out.
   *
   * @param opening authorises the endorsement key: a policy session that has fulfilled its policy,
   *     or an ordinary one for a key that {@linkplain EndorsementKind#hasPassword has a password}
   * @throws TpmException when it was made for other keys
   */
  public SecretBytes activate(
      TpmObject present, TpmObject endorsement, Credential credential, TpmSession opening)
      throws IOException {
    TpmWriter parameters = new TpmWriter().sized(credential.blob().toArray());
    parameters.sized(credential.encryptedSeed().toArray());
    TpmCall call = new TpmCall(CommandCode.ACTIVATE_CREDENTIAL);
    call.onOpen(present.handle()).on(endorsement.handle(), opening).secretOut();
    return SecretBytes.take(
        tpm.run(call.with(parameters)).read(in -> in.sized(TpmHash.SHA512.size())));
  }

  private SignedStatement statement(TpmCall call) throws IOException {
    return tpm.run(call)
        .read(
            in -> {
              Bytes attest = Bytes.of(in.sized(MAX_STATEMENT));
              return new SignedStatement(attest, KeyCommands.readSignature(in));
            });
  }

  private static TpmWriter extra(Bytes extraData) {
    if (extraData.length() > MAX_EXTRA) {
      throw new IllegalArgumentException(extraData.length() + " bytes to sign along");
    }
    TpmWriter parameters = new TpmWriter().sized(extraData.toArray());
    KeyScheme.NONE.write(parameters);
    return parameters;
  }
}
