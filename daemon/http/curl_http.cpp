#include "http/curl_http.hpp"

#include <curl/curl.h>
#include <sys/socket.h>

#include <algorithm>
#include <mutex>
#include <semaphore>
#include <set>
#include <thread>

namespace tally::http {
namespace {

constexpr std::size_t most_body = std::size_t{32} << 20;
constexpr std::size_t most_head = std::size_t{64} << 10;
constexpr std::size_t most_sent = std::size_t{64} << 20;
constexpr std::size_t ratio_from = std::size_t{1} << 20;  ///< smaller answers may be as repetitive as they like
constexpr std::size_t most_ratio = 100;
constexpr long connect_timeout_ms = 10'000;
constexpr Duration longest_deadline{10 * 60 * 1000};

template <auto free>
struct FreeWith {
  template <class T>
  void operator()(T* what) const {
    free(what);
  }
};
using Easy = std::unique_ptr<CURL, FreeWith<curl_easy_cleanup>>;
using Multi = std::unique_ptr<CURLM, FreeWith<curl_multi_cleanup>>;
using Url = std::unique_ptr<CURLU, FreeWith<curl_url_cleanup>>;
using Text = std::unique_ptr<char, FreeWith<curl_free>>;
using Lines = std::unique_ptr<curl_slist, FreeWith<curl_slist_free_all>>;

bool is_token(std::string_view text) {
  constexpr std::string_view others = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || others.find(c) != std::string_view::npos;
  });
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

/// An address taken apart once, by the parser that also connects, so that what is checked is what is used.
struct Target {
  Url url;
  std::string host;  ///< lower case, IPv6 in brackets
  std::string port;

  static Result<Target> parse(const std::string& text) {
    Target out;
    out.url.reset(curl_url());
    ensure(out.url != nullptr, "libcurl is out of memory");
    const CURLUcode code = curl_url_set(out.url.get(), CURLUPART_URL, text.c_str(), CURLU_PATH_AS_IS | CURLU_DISALLOW_USER);
    const std::string scheme = code == CURLUE_OK ? out.part(CURLUPART_SCHEME) : "";
    if (scheme != "http" && scheme != "https") {
      return error(
          Fault::invalid,
          std::string("not an address that can be called: ") + (code == CURLUE_OK ? "neither http nor https" : curl_url_strerror(code)), {},
          "an address begins with https:// (or http://) and holds no user name");
    }
    out.host = lower(out.part(CURLUPART_HOST));
    out.port = out.part(CURLUPART_PORT, CURLU_DEFAULT_PORT);
    return out;
  }

  bool says_port() const { return !part(CURLUPART_PORT).empty(); }

 private:
  std::string part(CURLUPart which, unsigned flags = 0) const {
    char* text = nullptr;
    if (curl_url_get(url.get(), which, &text, flags) != CURLUE_OK) return {};
    return Text(text).get();
  }
};

/// One exchange. Made and read by the calling thread; in between the loop's thread owns it, and `finish` hands it back.
class Transfer {
 public:
  Transfer(const Request& request, Target target, Egress egress, Duration deadline, bool fresh)
      : request_(request),
        target_(std::move(target)),
        egress_(egress),
        repeatable_(request.method == "GET" || request.method == "HEAD"),
        easy_(curl_easy_init()) {
    ensure(easy_ != nullptr, "libcurl is out of memory");
    set_address(fresh);
    set_limits(deadline);
    set_request();
    set_callbacks();
  }

  CURL* easy() const { return easy_.get(); }
  bool repeatable() const { return repeatable_; }
  CURLcode code() const { return code_; }

  void finish(CURLcode code) {
    code_ = code;
    done_.release();
  }
  void cancel() {
    cancelled_ = true;
    finish(CURLE_ABORTED_BY_CALLBACK);
  }
  void wait() { done_.acquire(); }

  Result<Response> outcome();

 private:
  template <class T>
  void set(CURLoption option, T value) {
    ensure(curl_easy_setopt(easy_.get(), option, value) == CURLE_OK, "libcurl refused an option: is it older than 7.88?");
  }
  void add_line(const std::string& line) {
    curl_slist* longer = curl_slist_append(lines_.get(), line.c_str());
    ensure(longer != nullptr, "libcurl is out of memory");
    lines_.release();
    lines_.reset(longer);
  }

  void set_address(bool fresh);
  void set_limits(Duration deadline);
  void set_request();
  void set_callbacks();

  bool take_head_line(std::string_view line);
  bool take_body(std::string_view bytes);
  curl_socket_t open_socket(const curl_sockaddr& address);
  bool may_send();
  void refuse(std::string what) { too_much_ = std::move(what); }
  Error failure() const;

  const Request& request_;
  Target target_;
  Egress egress_;
  bool repeatable_;
  Easy easy_;
  Lines lines_;
  char message_[CURL_ERROR_SIZE] = {};
  Response response_;
  std::size_t head_bytes_ = 0;
  bool in_head_ = false;
  bool left_ = false;  ///< something of the request may have left this machine
  bool socket_opened_ = false;
  bool cancelled_ = false;
  std::string forbidden_;  ///< an address that was refused
  std::string too_much_;   ///< the limit that the answer broke
  CURLcode code_ = CURLE_OK;
  std::binary_semaphore done_{0};
};

void Transfer::set_address(bool fresh) {
  set(CURLOPT_CURLU, target_.url.get());
  set(CURLOPT_PATH_AS_IS, 1L);
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_PROXY, "");  // the environment's proxy would stand where the egress check looks
  set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));  // HTTP/2 in plain text breaks connections that are used again
  set(CURLOPT_TCP_KEEPALIVE, 1L);
  set(CURLOPT_MAXAGE_CONN, 30L);  // an older idle connection is likelier closed by the platform just as the next request leaves
  set(CURLOPT_FRESH_CONNECT, fresh ? 1L : 0L);
}

void Transfer::set_limits(Duration deadline) {
  const long timeout = static_cast<long>(std::min(deadline, longest_deadline).count());
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_QUICK_EXIT, 1L);  // a name server that does not answer would hold up the loop's thread beyond the deadline
  set(CURLOPT_TIMEOUT_MS, timeout);
  set(CURLOPT_CONNECTTIMEOUT_MS, std::min(timeout, connect_timeout_ms));
  set(CURLOPT_LOW_SPEED_LIMIT, 64L);
  set(CURLOPT_LOW_SPEED_TIME, 60L);
  set(CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(most_body));
  set(CURLOPT_ACCEPT_ENCODING, "gzip, deflate");
}

void Transfer::set_request() {
  const std::string& method = request_.method;
  const bool carries = !request_.body.empty() || method == "POST" || method == "PUT" || method == "PATCH";
  if (carries) {
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
    set(CURLOPT_POSTFIELDS, request_.body.data());
  }
  if (method == "HEAD" && !carries) {
    set(CURLOPT_NOBODY, 1L);
  } else {
    set(CURLOPT_CUSTOMREQUEST, method.c_str());
  }
  bool typed = false;
  for (const Header& header : request_.headers) {
    typed = typed || lower(header.first) == "content-type";
    const std::string_view value = trimmed(header.second);
    add_line(value.empty() ? header.first + ";" : header.first + ": " + std::string(value));
  }
  if (carries && !typed) add_line("Content-Type:");  // libcurl would call it a form
  add_line("Expect:");                               // a round trip more for every larger body, and some platforms never answer it
  set(CURLOPT_USERAGENT, "tallyd");
  set(CURLOPT_HTTPHEADER, lines_.get());
}

void Transfer::set_callbacks() {
  using Bytes = std::size_t (*)(char*, std::size_t, std::size_t, void*);
  const Bytes on_head = [](char* data, std::size_t size, std::size_t count, void* self) noexcept -> std::size_t {
    return static_cast<Transfer*>(self)->take_head_line({data, size * count}) ? size * count : 0;
  };
  const Bytes on_body = [](char* data, std::size_t size, std::size_t count, void* self) noexcept -> std::size_t {
    return static_cast<Transfer*>(self)->take_body({data, size * count}) ? size * count : 0;
  };
  const curl_opensocket_callback on_socket = [](void* self, curlsocktype, curl_sockaddr* address) noexcept {
    return static_cast<Transfer*>(self)->open_socket(*address);
  };
  const curl_prereq_callback on_request = [](void* self, char*, char*, int, int) noexcept {
    return static_cast<Transfer*>(self)->may_send() ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
  };
  set(CURLOPT_PRIVATE, static_cast<void*>(this));
  set(CURLOPT_ERRORBUFFER, message_);
  set(CURLOPT_HEADERFUNCTION, on_head);
  set(CURLOPT_HEADERDATA, static_cast<void*>(this));
  set(CURLOPT_WRITEFUNCTION, on_body);
  set(CURLOPT_WRITEDATA, static_cast<void*>(this));
  set(CURLOPT_OPENSOCKETFUNCTION, on_socket);
  set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(this));
  set(CURLOPT_PREREQFUNCTION, on_request);
  set(CURLOPT_PREREQDATA, static_cast<void*>(this));
}

/// Heads of interim answers (100, 103) come the same way: each status line begins anew. Fields behind the body (trailers) are left out.
bool Transfer::take_head_line(std::string_view line) {
  head_bytes_ += line.size();
  if (head_bytes_ > most_head) {
    refuse("the head of the answer is longer than 64 KiB");
    return false;
  }
  if (response_.body.empty() && line.starts_with("HTTP/")) {
    response_.headers.clear();
    in_head_ = true;
    return true;
  }
  if (!in_head_) return true;
  const std::string_view text = trimmed(line);
  if (text.empty()) {
    in_head_ = false;
  } else if ((line.front() == ' ' || line.front() == '\t') && !response_.headers.empty()) {
    response_.headers.back().second.append(" ").append(text);  // a folded line goes on with the field before
  } else if (const std::size_t colon = text.find(':'); colon != std::string_view::npos) {
    response_.headers.emplace_back(lower(trimmed(text.substr(0, colon))), trimmed(text.substr(colon + 1)));
  }
  return true;
}

bool Transfer::take_body(std::string_view bytes) {
  const std::size_t size = response_.body.size() + bytes.size();
  curl_off_t received = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_SIZE_DOWNLOAD_T, &received);  // as it came, before decompression
  if (size > most_body) {
    refuse("the answer is larger than 32 MiB");
    return false;
  }
  if (size > ratio_from && size / most_ratio > static_cast<std::size_t>(received)) {
    refuse("the answer grows more than a hundredfold when decompressed");
    return false;
  }
  response_.body.append(bytes);
  return true;
}

curl_socket_t Transfer::open_socket(const curl_sockaddr& address) {
  const std::optional<Address> to = Address::of(&address.addr, address.addrlen);
  if (!to || !egress_.allows(reach_of(*to))) {
    forbidden_ = to ? to->text() : "an unknown kind of address";
    return CURL_SOCKET_BAD;
  }
  socket_opened_ = true;
  return socket(address.family, address.socktype | SOCK_CLOEXEC, address.protocol);
}

/// Called each time just before the request goes onto a connection. The second time means that libcurl lost a kept connection and would
/// send again: the first may have been read and obeyed, so only what changes nothing may go twice.
bool Transfer::may_send() {
  if (left_ && !repeatable_) return false;
  left_ = true;
  return true;
}

Error Transfer::failure() const {
  const std::string host = target_.host + ":" + target_.port;
  if (!too_much_.empty() || code_ == CURLE_FILESIZE_EXCEEDED) {
    return error(Fault::broken, host + ": " + (too_much_.empty() ? "the answer is larger than 32 MiB" : too_much_), request_.operation);
  }
  if (!forbidden_.empty() && !socket_opened_) {
    return error(Fault::invalid, host + " leads to " + forbidden_ + ", which is not an address on the public network", request_.operation,
                 "if it is a machine of yours, write its address into the channel's file");
  }
  if (cancelled_) return error(left_ ? Fault::unknown : Fault::cancelled, host + ": stopped before the answer came", request_.operation);
  const std::string why = message_[0] != '\0' ? message_ : curl_easy_strerror(code_);
  if (!left_) return error(Fault::transient, "no connection to " + host + ": " + why, request_.operation);
  switch (code_) {
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
      return error(Fault::broken, host + " did not answer in HTTP: " + why, request_.operation);
    case CURLE_OUT_OF_MEMORY:  // what libcurl calls a single line of head that outgrows its buffer of 100 KB
      return error(Fault::broken, host + ": the head of the answer is longer than 64 KiB", request_.operation);
    case CURLE_ABORTED_BY_CALLBACK:
      return error(Fault::unknown, host + " closed the kept connection before answering; not sent again", request_.operation);
    default:
      return error(Fault::unknown, "sent to " + host + ", but no whole answer: " + why, request_.operation);
  }
}

Result<Response> Transfer::outcome() {
  if (code_ != CURLE_OK) return failure();
  if (in_head_) {  // libcurl takes a connection closed within the head for an answer without a body
    return error(Fault::unknown, "sent to " + target_.host + ", but the answer ended within its head", request_.operation);
  }
  long status = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
  response_.status = static_cast<unsigned>(status);
  return std::move(response_);
}

Result<void> check(const Request& request) {
  const auto refused = [&](std::string what) { return error(Fault::invalid, std::move(what), request.operation); };
  if (!is_token(request.method) || request.method.size() > 16) return refused("not an HTTP method: '" + request.method.substr(0, 20) + "'");
  if (request.body.size() > most_sent) return refused("a request of more than 64 MiB");
  std::size_t head = request.url.size();
  for (const auto& [name, value] : request.headers) {
    head += name.size() + value.size() + 4;
    const std::string small = lower(name);
    if (!is_token(name)) return refused("not the name of an HTTP field: '" + name.substr(0, 40) + "'");
    if (value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) return refused("a line break in the HTTP field " + name);
    if (small == "content-length" || small == "transfer-encoding") return refused("the HTTP field " + name + " is not the caller's to set");
  }
  if (head > most_head) return refused("the address and the fields of the request are longer than 64 KiB");
  if (request.deadline <= Duration(0)) return error(Fault::transient, "the deadline had passed before sending", request.operation);
  return {};
}

}  // namespace

/// The thread that moves all exchanges on, and what it shares with the callers.
class CurlHttp::Loop {
 public:
  explicit Loop(Egress egress) : egress_(egress) {
    static const bool ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;  // once a process, as libcurl demands
    ensure(ready, "libcurl could not be initialised");
    multi_.reset(curl_multi_init());
    ensure(multi_ != nullptr, "libcurl is out of memory");
    curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, 128L);
    curl_multi_setopt(multi_.get(), CURLMOPT_MAX_TOTAL_CONNECTIONS, 256L);
    curl_multi_setopt(multi_.get(), CURLMOPT_MAX_HOST_CONNECTIONS, 32L);
    thread_ = std::thread([this]() noexcept { run(); });
  }
  ~Loop() { stop(); }

  Result<void> allow(const std::string& host_port) {
    const Result<Target> target = Target::parse("http://" + host_port);
    if (!target || host_port.find_first_of("/?#@") != std::string::npos) {
      return error(Fault::invalid, "not a host: '" + host_port.substr(0, 100) + "'", {},
                   "write a name or an address, and a port behind a colon if you like");
    }
    const std::lock_guard lock(mutex_);
    allowed_.insert(target->says_port() ? target->host + ":" + target->port : target->host);
    return {};
  }

  Egress egress_for(const Target& target) {
    const std::lock_guard lock(mutex_);
    const bool own = allowed_.contains(target.host) || allowed_.contains(target.host + ":" + target.port);
    return own ? Egress{.allow_loopback = true, .allow_private = true} : egress_;
  }

  void carry(Transfer& transfer) {
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return transfer.cancel();
      arrived_.push_back(&transfer);
      curl_multi_wakeup(multi_.get());  // under the lock: stop() takes the handle away
    }
    transfer.wait();
  }

  void stop() {
    const std::lock_guard one_at_a_time(joining_);
    if (!thread_.joinable()) return;
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      curl_multi_wakeup(multi_.get());
    }
    thread_.join();
    multi_.reset();  // closes the kept connections
  }

 private:
  void run() {
    while (take_arrived()) {
      int running = 0;
      ensure(curl_multi_perform(multi_.get(), &running) == CURLM_OK, "libcurl lost its loop");
      hand_back_finished();
      curl_multi_poll(multi_.get(), nullptr, 0, 1000, nullptr);
    }
    for (Transfer* transfer : active_) {
      curl_multi_remove_handle(multi_.get(), transfer->easy());
      transfer->cancel();
    }
    active_.clear();
  }

  bool take_arrived() {
    std::vector<Transfer*> arrived;
    bool stopping = false;
    {
      const std::lock_guard lock(mutex_);
      arrived.swap(arrived_);
      stopping = stopping_;
    }
    for (Transfer* transfer : arrived) {
      active_.insert(transfer);
      ensure(curl_multi_add_handle(multi_.get(), transfer->easy()) == CURLM_OK, "libcurl did not take an exchange");
    }
    return !stopping;
  }

  void hand_back_finished() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      const CURLcode code = message->data.result;
      CURL* easy = message->easy_handle;
      char* self = nullptr;
      curl_easy_getinfo(easy, CURLINFO_PRIVATE, &self);
      auto* transfer = reinterpret_cast<Transfer*>(self);
      curl_multi_remove_handle(multi_.get(), easy);
      active_.erase(transfer);
      transfer->finish(code);  // its owner may destroy it from here on
    }
  }

  const Egress egress_;
  Multi multi_;
  std::set<Transfer*> active_;  ///< the thread's own
  std::mutex mutex_;
  std::vector<Transfer*> arrived_;
  std::set<std::string> allowed_;
  bool stopping_ = false;
  std::mutex joining_;
  std::thread thread_;
};

CurlHttp::CurlHttp(Egress egress) : loop_(std::make_unique<Loop>(egress)) {}
CurlHttp::~CurlHttp() = default;

Result<void> CurlHttp::allow(const std::string& host_port) {
  return loop_->allow(host_port);
}
void CurlHttp::stop() {
  loop_->stop();
}

Result<Response> CurlHttp::send(const Request& request) {
  if (const Result<void> good = check(request); !good) return good.error();
  const SystemClock clock;
  const Duration start = clock.since_start();
  for (const bool fresh : {false, true}) {
    Result<Target> target = Target::parse(request.url);
    if (!target) return error(Fault::invalid, target.error().what, request.operation, target.error().todo);
    const Duration left = request.deadline - (clock.since_start() - start);
    if (left <= Duration(0)) break;
    const Egress egress = loop_->egress_for(*target);
    Transfer transfer(request, std::move(*target), egress, left, fresh);
    loop_->carry(transfer);
    // Error 16 is how libcurl 7.88 speaks of a kept HTTP/2 connection that it cannot use any more.
    const bool once_more = transfer.code() == CURLE_HTTP2 && transfer.repeatable() && !fresh;
    if (!once_more) return transfer.outcome();
  }
  return error(Fault::unknown, "the deadline passed while the request was sent a second time", request.operation);
}

}  // namespace tally::http
