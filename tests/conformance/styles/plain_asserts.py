"""First semester: strings, lists, dicts, recursion, generators, what is printed; bare asserts."""

CELLS = [
    ("given", "import math\nimport random\nprimes = [2, 3, 5, 7, 11]"),
    (
        "solution",
        '''
def reverse_words(text):
    """Reverse the order of the words."""
    return " ".join(reversed(text.split()))

def count_letters(text):
    counts = {}
    for letter in text:
        counts[letter] = counts.get(letter, 0) + 1
    return counts

def bubble_sort(numbers):
    numbers.sort()

def greet(name):
    print(f"Hello, {name}!")

def fibonacci():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b

def factorial(n):
    return 1 if n == 0 else n * factorial(n - 1)

def divide(a, b):
    if b == 0:
        raise ValueError("b must not be zero")
    return a / b

def roll():
    return random.randint(1, 6)

greeting = "hello"
squares = [n * n for n in range(5)]
''',
        """
def reverse_words(text):
    return text[::-1]

def count_letters(text):
    return {}

def bubble_sort(numbers):
    return sorted(numbers)

def greet(name):
    return f"Hello, {name}!"

def fibonacci():
    yield 0

def factorial(n):
    return n

def divide(a, b):
    return a / b

def roll():
    return 3
""",
    ),
    (
        "test",
        1,
        'assert reverse_words("a b c") == "c b a"\nassert reverse_words("") == ""\nassert reverse_words.__doc__',
    ),
    ("test", 1, 'assert count_letters("abca") == {"a": 2, "b": 1, "c": 1}\nassert isinstance(count_letters(""), dict)'),
    ("test", 1, "numbers = [3, 1, 2]\nassert bubble_sort(numbers) is None\nassert numbers == [1, 2, 3]"),
    (
        "test",
        2,
        'import io\nfrom contextlib import redirect_stdout\nout = io.StringIO()\nwith redirect_stdout(out):\n    greet("Ada")\n'
        'assert out.getvalue() == "Hello, Ada!\\n"',
    ),
    (
        "test",
        2,
        "from itertools import islice\nimport types\nassert isinstance(fibonacci(), types.GeneratorType)\n"
        "assert list(islice(fibonacci(), 8)) == [0, 1, 1, 2, 3, 5, 8, 13]",
    ),
    ("test", 1, "assert factorial(5) == 120\nassert factorial(100) == math.factorial(100)"),
    (
        "test",
        2,
        "try:\n    divide(1, 0)\nexcept ValueError as error:\n    assert 'zero' in str(error)\nelse:\n    assert False, 'no error'\n"
        "assert divide(1, 4) == 0.25",
    ),
    ("test", 1, "random.seed(3)\nwant = random.randint(1, 6)\nrandom.seed(3)\nassert roll() == want"),
    (
        "test",
        1,
        "assert greeting.upper() == 'HELLO' and type(greeting) is str\nassert squares == [0, 1, 4, 9, 16] and len(squares) == 5",
    ),
    ("test", 1, "assert primes[-1] == 11 and sum(primes) == 28"),
]
