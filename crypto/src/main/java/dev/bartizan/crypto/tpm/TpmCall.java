// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import dev.bartizan.crypto.Bytes;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One command on its way to the TPM (part 1, 18): handles, at most one session beside empty
 * passwords, parameters. Knows how to protect itself and how to check what comes back.
 */
final class TpmCall {
  private static final int TAG_PLAIN = 0x8001;
  private static final int TAG_SESSIONS = 0x8002;
  private static final int EMPTY_PASSWORD = 0x4000_0009;
  private static final int MAX_NONCE = 64;

  private final CommandCode code;
  private final List<TpmHandle> handles = new ArrayList<>();
  private int emptyPasswords;
  private @Nullable TpmSession session;
  private int attributes = TpmSession.CONTINUE;
  private byte[] parameters = new byte[0];

  TpmCall(CommandCode code) {
    this.code = code;
  }

  CommandCode code() {
    return code;
  }

  /** A handle that needs no authorisation; after those that do. */
  TpmCall on(TpmHandle handle) {
    handles.add(handle);
    return this;
  }

  /** A handle authorised by its empty password, in the clear: there is nothing to hide. */
  TpmCall onOpen(TpmHandle handle) {
    emptyPasswords++;
    return on(handle);
  }

  /** A handle authorised in a session; after those authorised without. */
  TpmCall on(TpmHandle handle, TpmSession authorisation) {
    return on(handle).in(authorisation);
  }

  /** The session that authenticates this command; on its own it authorises no handle. */
  TpmCall in(TpmSession protection) {
    if (session != null) {
      throw new IllegalStateException("a command of ours has one session");
    }
    session = protection;
    return this;
  }

  /** Encrypts the first parameter. */
  TpmCall secretIn() {
    attributes |= TpmSession.SECRET_IN;
    return this;
  }

  /** Has the TPM encrypt the first parameter of the response. */
  TpmCall secretOut() {
    attributes |= TpmSession.SECRET_OUT;
    return this;
  }

  TpmCall with(TpmWriter content) {
    parameters = content.takeAndWipe();
    return this;
  }

  /** The bytes to send. Rolls the session's nonce; the plain parameters are zeroed. */
  byte[] encode(SecureRandom random) {
    byte[] protectedParameters = protect(random);
    TpmWriter body = new TpmWriter();
    handles.forEach(handle -> body.u32(handle.value()));
    if (hasSessions()) {
      byte[] authorisations = authorisations(protectedParameters);
      body.u32(authorisations.length).bytes(authorisations);
    }
    byte[] content = body.bytes(protectedParameters).takeAndWipe();
    TpmWriter out = new TpmWriter().u16(hasSessions() ? TAG_SESSIONS : TAG_PLAIN);
    return out.u32(10 + content.length).u32(code.code()).bytes(content).toArray();
  }

  /**
   * Checks a successful response and takes it apart.
   *
   * @param in behind the header
   * @param tag of the header
   */
  TpmReply accept(int tag, TpmReader in) throws TpmException, TpmRefusal {
    if (tag != (hasSessions() ? TAG_SESSIONS : TAG_PLAIN)) {
      throw TpmRefusal.malformed("a response of another kind than the command");
    }
    int handle = code.returnsHandle() ? in.u32() : 0;
    byte[] content = in.bytes(hasSessions() ? in.count(TpmWriter.CAPACITY) : in.remaining());
    if (hasSessions()) {
      acceptAuthorisations(in, content);
    }
    in.end();
    return new TpmReply(code, handle, reveal(content));
  }

  private boolean hasSessions() {
    return session != null || emptyPasswords > 0;
  }

  private byte[] protect(SecureRandom random) {
    byte[] sent = parameters;
    if (session != null) {
      session.rollCallerNonce(random);
      if ((attributes & TpmSession.SECRET_IN) != 0) {
        sent = replaceFirst(parameters, session.encryptForTpm(first(parameters)));
      }
    }
    return sent;
  }

  private byte[] authorisations(byte[] sentParameters) {
    TpmWriter out = new TpmWriter();
    for (int i = 0; i < emptyPasswords; i++) {
      out.u32(EMPTY_PASSWORD).u16(0).u8(TpmSession.CONTINUE).u16(0);
    }
    if (session != null) {
      byte[] mac = session.commandMac(cpHash(sentParameters), attributes);
      out.u32(session.handle().value()).sized(session.nonceCaller()).u8(attributes).sized(mac);
    }
    return out.toArray();
  }

  private byte[] cpHash(byte[] sentParameters) {
    TpmWriter names = new TpmWriter().u32(code.code());
    handles.stream().map(TpmHandle::name).map(Bytes::toArray).forEach(names::bytes);
    return TpmSession.HASH.digest(names.toArray(), sentParameters);
  }

  private void acceptAuthorisations(TpmReader in, byte[] content) throws TpmException, TpmRefusal {
    for (int i = 0; i < emptyPasswords; i++) {
      in.sized(0);
      requireAttributes(in.u8(), TpmSession.CONTINUE);
      in.sized(0);
    }
    if (session != null) {
      byte[] nonce = in.sized(MAX_NONCE);
      int answered = in.u8();
      byte[] mac = in.sized(MAX_NONCE);
      byte[] head = new TpmWriter().u32(0).u32(code.code()).toArray();
      byte[] rpHash = TpmSession.HASH.digest(head, content);
      session.acceptResponse(code, rpHash, nonce, answered, mac);
      requireAttributes(answered, attributes);
    }
  }

  /**
   * The TPM repeats what it was asked for: a session that goes on, is not for audit, and has
   * encrypted what was to be encrypted.
   */
  private static void requireAttributes(int answered, int asked) throws TpmRefusal {
    if (answered != asked) {
      throw TpmRefusal.malformed(
          "session attributes 0x"
              + Integer.toHexString(answered)
              + " for 0x"
              + Integer.toHexString(asked));
    }
  }

  private byte[] reveal(byte[] content) throws TpmRefusal {
    if (session == null || (attributes & TpmSession.SECRET_OUT) == 0) {
      return content;
    }
    byte[] encrypted = new TpmReader(content).sized(TpmWriter.CAPACITY);
    return replaceFirst(content, session.decryptFromTpm(encrypted));
  }

  private static byte[] first(byte[] parameters) {
    int length = (parameters[0] & 0xff) << 8 | (parameters[1] & 0xff);
    return Arrays.copyOfRange(parameters, 2, 2 + length);
  }

  /** Overwrites the content of the first TPM2B in place, and zeroes its source. */
  private static byte[] replaceFirst(byte[] parameters, byte[] content) {
    System.arraycopy(content, 0, parameters, 2, content.length);
    Arrays.fill(content, (byte) 0);
    return parameters;
  }
}
