// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import dev.bartizan.crypto.SecretBytes;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * One conversation with the TPM: open, a few commands, close. Not for several threads.
 *
 * <p>Whatever was loaded or started here is flushed at the latest by {@link #close}: a TPM without
 * resource manager has three slots for objects and three for sessions. What a killed process left
 * in them is flushed when the slots run out.
 */
public final class Tpm implements AutoCloseable {
  private static final int TRANSIENT_OBJECTS = 0x8000_0000;
  private static final int LOADED_SESSIONS = 0x0200_0000;
  private static final int SESSION_KEY_BITS = TpmSession.HASH.size() * 8;
  private static final int SESSION_HMAC = 0x00;
  private static final int SESSION_POLICY = 0x01;

  private final TpmChannel channel;
  private final SecureRandom random;
  private final Set<Integer> ours = new LinkedHashSet<>();

  private Tpm(TpmChannel channel, SecureRandom random) {
    this.channel = channel;
    this.random = random;
  }

  /**
   * Connects; says nothing to the TPM yet.
   *
   * @throws IOException when there is no TPM at {@code address}, or no right to use it
   */
  public static Tpm open(TpmAddress address, SecureRandom random, Pause pause) throws IOException {
    return new Tpm(new TpmChannel(address.open(), random, pause), random);
  }

  /** What it says it is, for certificates. */
  public ChipModel model() throws IOException {
    return new Capabilities(this).model();
  }

  /** Maker and firmware. */
  public TpmIdentity identity() throws IOException {
    return new Capabilities(this).identity();
  }

  /** Platform configuration registers. */
  public PcrCommands pcrs() {
    return new PcrCommands(this);
  }

  /** Making, loading and using keys. */
  public KeyCommands keys() {
    return new KeyCommands(this);
  }

  /** Quotes, certifications and the proof of presence. */
  public AttestCommands attestation() {
    return new AttestCommands(this);
  }

  /** Indices in the TPM's own memory. */
  public NvCommands nv() {
    return new NvCommands(this);
  }

  /**
   * A session that authorises with empty passwords and protects secrets on the way.
   *
   * @param trusted a storage key the caller has pinned: only its TPM can answer
   * @throws TpmRefusal when it is no storage key
   */
  public TpmSession startSession(TpmObject trusted) throws IOException, TpmRefusal {
    return start(trusted, SESSION_HMAC, TpmSession::new);
  }

  /** The same for keys that a policy opens. */
  public PolicySession startPolicy(TpmObject trusted) throws IOException, TpmRefusal {
    return start(trusted, SESSION_POLICY, PolicySession::new);
  }

  /** Random bytes of the TPM, at most 32, encrypted on the way. */
  public SecretBytes random(int length, TpmSession session) throws IOException {
    TpmCall call = new TpmCall(CommandCode.GET_RANDOM).in(session).secretOut();
    byte[] bytes = run(call.with(new TpmWriter().u16(length))).read(in -> in.exactly(length));
    return SecretBytes.take(bytes);
  }

  TpmReply run(TpmCall call) throws IOException {
    byte[] encoded = channel.encode(call);
    try {
      return channel.run(call, encoded);
    } catch (TpmException full) {
      if (full.failure() != TpmFailure.OUT_OF_SLOTS || flushStrangers() == 0) {
        throw full;
      }
      // Nothing was done and no nonce was used: the same bytes are still good.
      return channel.run(call, encoded);
    }
  }

  /** Takes note of an object that {@link #close} has to flush. */
  TpmObject adopt(int handle, TpmPublic publicArea) {
    ours.add(handle);
    return new TpmObject(this, handle, publicArea);
  }

  /** Takes a transient object or session out of the TPM, once. */
  void flush(int handle) throws IOException {
    if (ours.remove(handle) && !channel.isBroken()) {
      flushAny(handle);
    }
  }

  private void flushAny(int handle) throws IOException {
    TpmCall call = new TpmCall(CommandCode.FLUSH_CONTEXT).with(new TpmWriter().u32(handle));
    channel.run(call, channel.encode(call)).readNothing();
  }

  /** Flushes what a process that was killed left behind; returns how much it was. */
  private int flushStrangers() throws IOException {
    Capabilities capabilities = new Capabilities(this);
    List<Integer> strangers = new ArrayList<>(capabilities.handles(TRANSIENT_OBJECTS));
    strangers.addAll(capabilities.handles(LOADED_SESSIONS));
    strangers.removeAll(ours);
    for (int stranger : strangers) {
      flushAny(stranger);
    }
    return strangers.size();
  }

  private <S extends TpmSession> S start(TpmObject trusted, int type, SessionMaker<S> maker)
      throws IOException, TpmRefusal {
    TpmKdf.SharedSeed salt = OuterWrap.seedFor(trusted.publicArea(), "SECRET", random);
    byte[] nonceCaller = new byte[TpmSession.NONCE_BYTES];
    random.nextBytes(nonceCaller);
    TpmWriter parameters = new TpmWriter().sized(nonceCaller).sized(salt.encrypted).u8(type);
    WrapCipher.AES_128_CFB.write(parameters);
    TpmCall call = new TpmCall(CommandCode.START_AUTH_SESSION);
    call.on(trusted.handle()).on(TpmHandle.NULL);
    TpmReply reply = run(call.with(parameters.u16(TpmSession.HASH.id())));
    byte[] nonceTpm = reply.read(in -> in.sized(TpmHash.SHA512.size()));
    ours.add(reply.handle());
    byte[] key =
        TpmKdf.kdfA(TpmSession.HASH, salt.seed, "ATH", nonceTpm, nonceCaller, SESSION_KEY_BITS);
    Arrays.fill(salt.seed, (byte) 0);
    return maker.make(this, TpmHandle.permanent(reply.handle()), key, nonceCaller, nonceTpm);
  }

  @Override
  public void close() throws IOException {
    try {
      for (int handle : List.copyOf(ours)) {
        flush(handle);
      }
    } finally {
      channel.close();
    }
  }

  @FunctionalInterface
  private interface SessionMaker<S extends TpmSession> {
    S make(Tpm tpm, TpmHandle handle, byte[] key, byte[] nonceCaller, byte[] nonceTpm);
  }
}
